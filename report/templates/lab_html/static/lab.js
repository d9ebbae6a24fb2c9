// The page works without this file; with it, the reader picks a language, finds the way and folds code.
(() => {
  "use strict";
  const root = document.documentElement;
  const LANG = {zh: "zh-CN", en: "en"};
  root.classList.add("js");

  const remembered = () => { try { return localStorage.getItem("lab-language"); } catch { return null; } };
  const remember = (language) => { try { localStorage.setItem("lab-language", language); } catch { /* private mode */ } };
  // #zh, #en-2-1 and #fig-curves-zh all name a language.
  const inAddress = () => location.hash.match(/^#(zh|en)(?=-|$)|^#(?:fig|tbl)-.*-(zh|en)$/)?.slice(1).find(Boolean);
  const browsers = () => navigator.languages.map((tag) => tag.slice(0, 2)).find((language) => language in LANG) ?? "en";

  function show(language) {
    root.lang = LANG[language];
    root.removeAttribute("data-both");
    const title = document.querySelector("title[data-zh]");
    if (title) document.title = title.dataset[language];
    for (const button of document.querySelectorAll("[data-language]"))
      button.setAttribute("aria-pressed", button.dataset.language === language);
  }
  const shown = () => root.lang === "en" ? "en" : "zh";

  const saved = remembered();
  show(inAddress() ?? root.dataset.forced ?? (saved in LANG ? saved : browsers()));

  // The reader keeps the place: the heading last passed has a twin in the other language.
  function switchTo(language) {
    const passed = [...document.querySelectorAll("main [id]")].filter((element) =>
      /^(zh|en)-|-(zh|en)$/.test(element.id) && element.getClientRects().length && element.getBoundingClientRect().top < 120).pop();
    const offset = passed?.getBoundingClientRect().top;
    show(language);
    remember(language);
    history.replaceState(null, "", "#" + language);
    const twin = passed && document.getElementById(passed.id.replace(/^(zh|en)(?=-)|(zh|en)$/, language));
    if (twin) scrollBy({top: twin.getBoundingClientRect().top - offset, behavior: "instant"});
  }

  // A figure's bare id leads to its twin in the language shown.
  function followAddress() {
    const language = inAddress();
    if (language) show(language);
    const id = decodeURIComponent(location.hash.slice(1));
    (document.getElementById(id) ?? document.getElementById(`${id}-${shown()}`))?.scrollIntoView();
  }

  // Selected formulas are copied as LaTeX.
  function copyLatex(event) {
    const selection = getSelection();
    if (selection.isCollapsed) return;
    const range = selection.getRangeAt(0).cloneRange();
    const around = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest("math");
    const [first, last] = [around(range.startContainer), around(range.endContainer)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
    const box = document.createElement("div");
    box.append(range.cloneContents());
    const formulas = box.querySelectorAll("math");
    if (!formulas.length) return;
    for (const formula of formulas) {
      const mark = formula.getAttribute("display") === "block" ? "$$" : "$";
      formula.replaceWith(mark + formula.querySelector("annotation").textContent + mark);
    }
    box.className = "copying";
    document.body.append(box);
    event.clipboardData.setData("text/plain", box.innerText.trim());
    box.remove();
    event.preventDefault();
  }

  // The contents mark the last heading above the upper third of the screen and open its chapter.
  function followReading(nav) {
    const links = new Map([...nav.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
    const headings = [...document.querySelectorAll("main [id]")].filter((heading) => links.has(heading.id));
    const chapterOf = (id) => id.split("-").slice(0, 2).join("-");
    const passed = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const {target, isIntersecting} of entries) passed[isIntersecting ? "add" : "delete"](target);
      const current = headings.filter((heading) => passed.has(heading)).pop()?.id;
      for (const [id, link] of links) {
        if (id === current) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
        link.parentElement.classList.toggle("open", current !== undefined && chapterOf(id) === chapterOf(current));
      }
      const link = links.get(current);
      if (link) nav.scrollTop = Math.max(0, link.offsetTop - nav.clientHeight / 2);
    }, {rootMargin: "1000000px 0px -70% 0px"});
    headings.forEach((heading) => observer.observe(heading));
  }

  // Chinese headings may break between words only.
  function breakBetweenWords(heading) {
    const words = new Intl.Segmenter("zh", {granularity: "word"});
    const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT, (text) =>
      text.parentElement.closest("math, [lang=en]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const nodes = [];
    while (texts.nextNode()) nodes.push(texts.currentNode);
    for (const node of nodes) {
      const parts = [];
      for (const {segment, isWordLike} of words.segment(node.data)) {
        if (isWordLike && parts.length && !/[\p{Ps}\p{Pi}]$/u.test(parts.at(-1))) parts.push(document.createElement("wbr"));
        parts.push(segment);
      }
      node.replaceWith(...parts);
    }
  }

  // A box that scrolls can be reached by the keyboard, and fades out on the right as long as there is more.
  function fadeWhereMore(box) {
    const look = () => {
      box.classList.toggle("more", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    };
    box.addEventListener("scroll", look, {passive: true});
    new ResizeObserver(look).observe(box); // also when the language comes into sight
  }

  addEventListener("DOMContentLoaded", () => {
    show(shown());
    if (Intl.Segmenter) {
      root.classList.add("segmented");
      document.querySelectorAll(":is(h1, h2, h3, h4, h5, #contents a):lang(zh)").forEach(breakBetweenWords);
    }
    for (const button of document.querySelectorAll("[data-language]"))
      button.addEventListener("click", () => switchTo(button.dataset.language));

    const nav = document.getElementById("contents");
    const menu = document.querySelector(".menu");
    const openMenu = (open) => { menu.setAttribute("aria-expanded", open); nav.classList.toggle("opened", open); };
    menu.addEventListener("click", () => openMenu(menu.getAttribute("aria-expanded") !== "true"));
    nav.addEventListener("click", (event) => { if (event.target.closest("a")) openMenu(false); });
    addEventListener("keydown", (event) => { if (event.key === "Escape") openMenu(false); });
    followReading(nav);
    document.querySelectorAll(".scroll, .formula, pre.output").forEach(fadeWhereMore);

    const allCode = document.querySelector(".all-code");
    allCode.addEventListener("click", () => {
      const open = allCode.classList.toggle("on");
      for (const code of document.querySelectorAll("details.code")) code.open = open;
    });

    addEventListener("hashchange", followAddress);
    if (location.hash) followAddress();
    document.addEventListener("copy", copyLatex);
  });
})();
