// The live figure: the networks of namelib/models.py with this run's weights, answering in the page.
(() => {
  "use strict";
  const LONGEST = 60; // symbols that are read
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

  function float16(bits) {
    const exponent = bits >> 10 & 31, fraction = bits & 1023;
    return (bits >> 15 ? -1 : 1) * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
  }

  // Float16 in base64 -> an array, or for two dimensions an array of rows.
  function tensor({shape: [rows, columns], float16: packed}) {
    const bytes = Uint8Array.from(atob(packed), (byte) => byte.charCodeAt(0));
    const numbers = [...new Uint16Array(bytes.buffer)].map(float16);
    return columns ? Array.from({length: rows}, (_, k) => numbers.slice(k * columns, (k + 1) * columns)) : numbers;
  }

  // As in namelib/spelling.py: `folded` has what each symbol becomes, and words in one case get the lists' capitals.
  const GAPS = /(?:[^\S\ufeff]|[\u2010-\u2015-])+/, STRAY = /^([ .,;]|'(?!\w \w))+|[ .,;']+$/g;
  const spelled = (name, {korean}) => name.normalize("NFC").replace(/[가-힣]+/g, (word) => Object.hasOwn(korean, word) ? korean[word] : word);
  function fold(name, tables) {
    const read = [...spelled(name, tables)].map((symbol) => tables.folded[symbol] ?? "").join("");
    return tables.sounds.reduce((word, [sound, made]) => word.replaceAll(new RegExp(sound, "g"), made), read);
  }
  const capitalised = (word) => word.toLowerCase().replace(/(^|\.)(mc(?=..)|.')?(.)/g,
    (_, before, head = "", first) => before + head.charAt(0).toUpperCase() + head.slice(1) + first.toUpperCase());
  function inOneCase(raw) {
    const bare = raw.replaceAll("ß", "");
    return [bare.toUpperCase(), bare.toLowerCase()].includes(bare);
  }

  function surname(name) {
    const parts = name.split(",").filter((part) => /[a-z]/i.test(part));
    return parts.length === 2 ? parts[0] : name;
  }

  function normalise(name, tables) {
    const parts = name.split(GAPS).map((raw) => inOneCase(raw) ? fold(raw, tables).toLowerCase() : fold(raw, tables));
    const words = surname(parts.join(" ").split(" ").filter(Boolean).join(" ")).replace(STRAY, "").split(" ").filter(Boolean);
    return words.map((word) => [word.toUpperCase(), word.toLowerCase()].includes(word) ? capitalised(word) : word).join(" ");
  }

  // As CustomLSTM.step: a letter's index x and the states before it; U, V and b hold the gates f, i, o, g.
  function step({U, V, b}, x, h_before, c_before) {
    const size = h_before.length;
    const gate = (k, squash) => h_before.map((_, unit) => k * size + unit)
      .map((row) => squash(U[row][x] + dot(V[row], h_before) + b[row]));
    const f = gate(0, sigmoid), i = gate(1, sigmoid), o = gate(2, sigmoid), g = gate(3, Math.tanh);
    const c = c_before.map((value, unit) => f[unit] * value + i[unit] * g[unit]);
    const h = c.map((value, unit) => o[unit] * Math.tanh(value));
    return {forget_gate: f, input_gate: i, output_gate: o, candidate: g, cell_state: c, hidden_state: h};
  }

  function readMyLSTM(weights, letters) {
    const [U, V, b] = ["lstm.U", "lstm.V", "lstm.b"].map((name) => weights[name]);
    let h = zeros(V[0].length), c = h;
    const steps = [];
    for (const x of letters) {
      steps.push(step({U, V, b}, x, h, c));
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

  // nn.LSTM as namelib.models.LSTM has it: layers one above the other, gates in the order i, f, g, o.
  function readLSTM(weights, letters) {
    const layers = [];
    for (let k = 0; `lstm.weight_ih_l${k}` in weights; k++)
      layers.push(["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) => weights[`lstm.${name}_l${k}`]));
    const states = layers.map(([, V]) => ({h: zeros(V[0].length), c: zeros(V[0].length)}));
    for (const letter of letters)
      layers.forEach(([U, V, b_x, b_h], k) => {
        const {h, c} = states[k], size = h.length;
        const below = k ? states[k - 1].h : null;
        const a = b_x.map((bias, row) => bias + b_h[row] + dot(V[row], h) + (below ? dot(U[row], below) : U[row][letter]));
        const gate = (number, squash) => a.slice(number * size, (number + 1) * size).map(squash);
        const [i, f, g, o] = [gate(0, sigmoid), gate(1, sigmoid), gate(2, Math.tanh), gate(3, sigmoid)];
        const c_new = c.map((value, unit) => f[unit] * value + i[unit] * g[unit]);
        states[k] = {h: c_new.map((value, unit) => o[unit] * Math.tanh(value)), c: c_new};
      });
    return {probabilities: softmax(affine(weights["linear.weight"], states.at(-1).h, weights["linear.bias"]))};
  }
  const READERS = {RNN: readRNN, LSTM: readLSTM, MyLSTM: readMyLSTM};

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
      `opacity="${Math.min(Math.abs(value) / limit, 1).toFixed(3)}"${value < 0 ? ' class="negative"' : ""}/>`);
    const drawing = `viewBox="0 0 1 ${values.length}" preserveAspectRatio="none" aria-hidden="true"`;
    const mean = (sum(values) / values.length).toFixed(2).replace("-0.00", "0.00").replace("-", "−");
    return make("td", {innerHTML: `<svg ${drawing}>${stripes.join("")}</svg>${mean}`});
  }

  function drawGates(table, letters, steps) {
    table.tHead.rows[0].replaceChildren(make("td"), ...letters.map((letter) => make("th", {scope: "col"}, letter === " " ? "␣" : letter)));
    for (const row of table.tBodies[0].rows) {
      const isState = row.dataset.gate === "cell_state";
      const limit = isState ? Math.max(...steps.flatMap((gates) => gates.cell_state.map(Math.abs))) : 1;
      if (isState) {
        const key = row.querySelector(".key");
        key.firstChild.data = `−${limit.toFixed(1)}`;
        key.lastChild.data = limit.toFixed(1);
      }
      row.replaceChildren(row.cells[0], ...steps.map((gates) => cell(gates[row.dataset.gate], limit)));
    }
  }

  addEventListener("DOMContentLoaded", () => {
    const figure = document.querySelector("figure.live");
    const {alphabet, lists, networks, ...tables} = JSON.parse(figure.querySelector("script").textContent);
    for (const network of Object.values(networks))
      for (const [name, packed] of Object.entries(network.weights)) network.weights[name] = tensor(packed);

    function answer(name) {
      const read = normalise(name, tables);
      const letters = [...read].map((letter) => alphabet.indexOf(letter));
      const answers = Object.entries(networks).map(([network, {weights}]) => [network, READERS[network](weights, letters)]);
      return {read, ...Object.fromEntries(answers)};
    }

    // Which lists have the name, and whether the networks were trained on it.
    const spellings = new Map();
    for (const [language, parts] of Object.entries(lists))
      parts.forEach((names, trained) => {
        for (const name of names.split("\n")) {
          const key = name.toLowerCase();
          spellings.set(key, [...spellings.get(key) ?? [], {language, trained}]);
        }
      });
    const {languages} = networks.RNN;
    function tellLists(read) {
      const found = spellings.get(read.toLowerCase()) ?? [];
      const trained = found.some((one) => one.trained);
      for (const slot of figure.querySelectorAll('[data-told="lists"]')) {
        const zh = slot.lang !== "en";
        const names = found.map(({language}) => (languages.find(({en}) => en === language) ?? {zh: language, en: language})[zh ? "zh" : "en"]);
        if (!spellings.size) slot.textContent = "";
        else if (!found.length) slot.textContent = zh ? "姓氏表中没有它，网络没有见过。" : "It is in no list: the networks have never seen it.";
        else if (zh) slot.textContent = `见于姓氏表：${names.join("、")}；${trained ? "训练时用过。" : "未用于训练，只用于验证。"}`;
        else slot.textContent = `In the lists of: ${names.join(", ")}; ${trained ? "it was among the training surnames." : "held out for validation, not trained on."}`;
      }
    }

    const hint = (name, wanted) => { figure.querySelector(`[data-hint="${name}"]`).hidden = !wanted; };
    const box = figure.querySelector(".scroll");
    function show(name) {
      const symbols = [...name];
      const readable = /\p{Script=Han}/u.test(name) ? "" : name; // ideographs do not show how they are pronounced
      const {read, ...answers} = answer([...readable].slice(0, LONGEST).join(""));
      figure.querySelector(".answer").hidden = figure.querySelector('[data-hint="lists"]').hidden = !read;
      for (const part of [figure.querySelector(".networks"), box]) part.style.visibility = read ? "" : "hidden"; // keeps its height
      const dropped = [...spelled(readable, tables)].filter((symbol) => !(tables.folded[symbol] || GAPS.test(symbol)));
      hint("dropped", read && dropped.length);
      for (const slot of figure.querySelectorAll('[data-told="dropped"]')) slot.textContent = [...new Set(dropped)].join(" ");
      hint("nothing", !read);
      hint("cut", read && symbols.length > LONGEST);
      if (read) {
        for (const [network, {probabilities}] of Object.entries(answers)) {
          const ranked = probabilities.map((p, k) => [networks[network].languages[k], p]).sort(([, p], [, q]) => q - p);
          figure.querySelector(`[data-network="${network}"] ol`).replaceChildren(...ranked.slice(0, 5).map(bar));
          for (const slot of figure.querySelectorAll(`[data-slot="${network}"]`))
            slot.textContent = ranked[0][0][slot.closest("[lang]").lang === "en" ? "en" : "zh"];
        }
        for (const slot of figure.querySelectorAll('[data-slot="read"]')) slot.textContent = read;
        tellLists(read);
        drawGates(figure.querySelector("table"), [...read], answers.MyLSTM.steps);
      }
      hint("scroll", read && box.scrollWidth > box.clientWidth);
    }

    const input = figure.querySelector("input");
    input.addEventListener("input", () => show(input.value));
    show(input.value);
    window.lab = {live: {answer, normalise: (name) => normalise(name, tables)}};
  });
})();
