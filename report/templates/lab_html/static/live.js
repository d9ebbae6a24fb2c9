// The live figure: the networks of namelib/models.py with this run's weights, answering in the page.
(() => {
  "use strict";
  const zeros = (size) => Array(size).fill(0);
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const dot = (row, x) => row.reduce((total, weight, k) => total + weight * x[k], 0);
  const affine = (W, x, b) => b.map((bias, k) => dot(W[k], x) + bias);
  const sigmoid = (a) => 1 / (1 + Math.exp(-a));

  function softmax(scores) {
    const largest = Math.max(...scores);
    const exponentials = scores.map((score) => Math.exp(score - largest));
    const total = sum(exponentials);
    return exponentials.map((value) => value / total);
  }

  // Float32 in base64 -> an array, or for two dimensions an array of rows.
  function tensor({shape: [rows, columns], float32}) {
    const numbers = [...new Float32Array(Uint8Array.from(atob(float32), (byte) => byte.charCodeAt(0)).buffer)];
    return columns ? Array.from({length: rows}, (_, k) => numbers.slice(k * columns, (k + 1) * columns)) : numbers;
  }

  // As namelib.data.normalise: each symbol folded by its table, the others dropped, single spaces between words.
  function normalise(name, folded) {
    return [...name.normalize("NFD")].map((symbol) => folded[symbol] ?? "").join("").split(" ").filter(Boolean).join(" ");
  }

  // As CustomLSTM.step: a letter's index x and the states before it; U, V, b (and P) hold the gates f, i, o, g.
  function step({U, V, b, P}, x, h_before, c_before) {
    const units = [...h_before.keys()];
    const gate = (k) => units.map((unit) => k * units.length + unit).map((row) => U[row][x] + dot(V[row], h_before) + b[row]);
    const peephole = (k, c) => units.map((unit) => P ? dot(P[k * units.length + unit], c) : 0);
    const plus = (a, b) => a.map((value, k) => value + b[k]);

    const f = plus(gate(0), peephole(0, c_before)).map(sigmoid);
    const i = plus(gate(1), peephole(1, c_before)).map(sigmoid);
    const g = gate(3).map(Math.tanh);
    const c = units.map((k) => f[k] * c_before[k] + i[k] * g[k]);
    const o = plus(gate(2), peephole(2, c)).map(sigmoid);
    const h = units.map((k) => o[k] * Math.tanh(c[k]));
    return {forget_gate: f, input_gate: i, output_gate: o, candidate: g, cell_state: c, hidden_state: h};
  }

  function readMyLSTM(weights, letters) {
    const [U, V, b, P] = ["lstm.U", "lstm.V", "lstm.b", "lstm.P"].map((name) => weights[name]);
    let h = zeros(V[0].length), c = h;
    const steps = [];
    for (const x of letters) {
      steps.push(step({U, V, b, P}, x, h, c));
      ({hidden_state: h, cell_state: c} = steps.at(-1));
    }
    return {probabilities: softmax(affine(weights["linear.weight"], h, weights["linear.bias"])), steps};
  }

  function readRNN(weights, letters) {
    const size = weights["i2h.bias"].length;
    const inputs = weights["i2h.weight"][0].length - size;
    let combined = zeros(inputs + size), h = zeros(size); // [x_t, h_{t-1}]
    for (const x of letters) {
      combined = [...zeros(inputs).fill(1, x, x + 1), ...h];
      h = affine(weights["i2h.weight"], combined, weights["i2h.bias"]);
    }
    return {probabilities: softmax(affine(weights["i2o.weight"], combined, weights["i2o.bias"]))};
  }

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }
  // A class of the reader's own data has one name in both languages.
  const inBoth = ({zh, en}) => zh === en ? [en]
    : [make("span", {className: "zh", lang: "zh-CN"}, zh), make("span", {className: "en", lang: "en"}, en)];

  function bar([language, probability]) {
    const percent = 100 * probability;
    const filled = make("span", {style: `width: ${percent}%`});
    return make("li", {}, make("span", {className: "language"}, ...inBoth(language)),
      make("span", {className: "track"}, filled), make("span", {className: "share"}, `${percent.toFixed(1)}%`));
  }

  // A letter at one gate: a stripe for each unit, as strong as its value, and the mean.
  function cell(values, limit) {
    const stripes = values.map((value, k) => `<rect y="${k}" width="1" height="1" ` +
      `opacity="${(Math.abs(value) / limit).toFixed(3)}"${value < 0 ? ' class="negative"' : ""}/>`);
    const drawing = `viewBox="0 0 1 ${values.length}" preserveAspectRatio="none" aria-hidden="true"`;
    const mean = (sum(values) / values.length).toFixed(2).replace("-", "−");
    return make("td", {innerHTML: `<svg ${drawing}>${stripes.join("")}</svg>${mean}`});
  }

  function drawGates(table, letters, steps) {
    table.tHead.rows[0].replaceChildren(make("td"), ...letters.map((letter) => make("th", {scope: "col"}, letter === " " ? "␣" : letter)));
    for (const row of table.tBodies[0].rows) {
      const values = steps.map((gates) => gates[row.dataset.gate]);
      const limit = row.dataset.gate === "cell_state" ? Math.max(...values.flat().map(Math.abs)) : 1;
      for (const label of row.querySelectorAll(".limit")) label.textContent = limit.toFixed(1);
      row.replaceChildren(row.cells[0], ...values.map((units) => cell(units, limit)));
    }
  }

  addEventListener("DOMContentLoaded", () => {
    const figure = document.querySelector("figure.live");
    const {alphabet, folded, networks} = JSON.parse(figure.querySelector("script").textContent);
    for (const network of Object.values(networks))
      for (const [name, packed] of Object.entries(network.weights)) network.weights[name] = tensor(packed);

    function answer(name) {
      const read = normalise(name, folded);
      const letters = [...read].map((letter) => alphabet.indexOf(letter));
      return {read, MyLSTM: readMyLSTM(networks.MyLSTM.weights, letters), RNN: readRNN(networks.RNN.weights, letters)};
    }

    function show(name) {
      const {read, ...answers} = answer(name);
      for (const [network, {probabilities}] of Object.entries(answers)) {
        const ranked = probabilities.map((p, k) => [networks[network].languages[k], p]).sort(([, p], [, q]) => q - p);
        figure.querySelector(`[data-network="${network}"] ol`).replaceChildren(...ranked.slice(0, 5).map(bar));
        for (const slot of figure.querySelectorAll(`[data-slot="${network}"]`))
          slot.textContent = ranked[0][0][slot.closest("[lang]").lang === "en" ? "en" : "zh"];
      }
      for (const slot of figure.querySelectorAll('[data-slot="read"]')) slot.textContent = read;
      figure.querySelector(".answer").hidden = figure.querySelector(".scroll").hidden = !read;
      figure.querySelector(".hint").hidden = Boolean(read);
      if (read) drawGates(figure.querySelector("table"), [...read], answers.MyLSTM.steps);
    }

    const input = figure.querySelector("input");
    input.addEventListener("input", () => show(input.value));
    show(input.value);
    window.lab = {live: {answer, normalise: (name) => normalise(name, folded)}};
  });
})();
