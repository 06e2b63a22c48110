// A player's device: crosses are shown at once, sent at once, and kept in the device until the server has said that they are saved.
"use strict";
(() => {
  const main = document.getElementById("spel");
  const home = main.dataset.adress;
  const POLL = 3000; // ms between questions to the server
  const PATIENCE = 8000; // ms before a silent request counts as failed
  const TYPING = 800; // ms after the last key before a text is sent
  const NEXT = { false: "true", true: "mixed", mixed: "false" };
  const SAID = { true: "kryss", mixed: "svagt kryss", false: "inget kryss" };
  const $ = (id) => document.getElementById(id);
  let seen = facts(); // what the server last showed
  let deadline = null; // when the time is out, on this device's clock
  let failures = 0;
  let polling = null;

  // What is not saved yet lives here and in the device's own storage: "rad:3" → crosses, "skäl:3" → text.
  const store = `stryktips-${seen.spelare}`;
  const waiting = new Map(readStore());
  const sending = new Set();
  const typing = new Map();

  function facts() {
    return { ...$("vy").dataset };
  }

  function readStore() {
    try {
      return JSON.parse(localStorage.getItem(store) || "[]");
    } catch {
      return [];
    }
  }

  function keep() {
    try {
      if (waiting.size) localStorage.setItem(store, JSON.stringify([...waiting]));
      else localStorage.removeItem(store);
    } catch {
      // a device without storage still holds everything until it is reloaded
    }
  }

  async function call(path, options = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(home + path, { cache: "no-store", credentials: "same-origin", signal: stop.signal, ...options });
      if (answer.status >= 500) throw new Error("server");
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  // Saving

  function put(key, text) {
    waiting.set(key, { text, runda: seen.runda === "runda 2" ? 2 : 1 });
    keep();
    tell("Sparar …", false);
    send(key);
  }

  async function send(key) {
    if (sending.has(key) || !waiting.has(key)) return;
    sending.add(key);
    const value = waiting.get(key);
    const [kind, number] = [key.slice(0, key.lastIndexOf(":")), Number(key.slice(key.lastIndexOf(":") + 1))];
    const isMark = kind === "rad";
    const spelare = seen.spelare;
    const data = isMark
      ? { spelare, rad: number, kryss: value.text, runda: value.runda }
      : { spelare, slag: kind, nr: number, text: value.text };
    try {
      const answer = await call(isMark ? "/kryss" : "/skriv", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(data),
        keepalive: true,
      });
      const said = await answer.json();
      connected(true);
      if (answer.status === 401) return location.reload(); // what waits is kept, for when the player comes back
      if (isMark && answer.ok) seen.kryss = String(said.kryss);
      if (waiting.get(key) !== value) return; // what was tapped since goes next
      waiting.delete(key);
      keep();
      if (!answer.ok) return refused(isMark, number, said.fel);
      if (!waiting.size) {
        tell("✓ Sparat", true);
        if (isMark && $("sagt").textContent) $("sagt").textContent += ", sparat";
        if (isMark && seen.oppen !== "1") await look(); // it was on its way when the round was closed
      }
    } catch {
      connected(false);
    } finally {
      sending.delete(key);
      if (waiting.has(key)) setTimeout(() => send(key), failures ? Math.min(400 * 2 ** failures, 4000) : 0);
    }
  }

  async function refused(isMark, number, why) {
    tell("", false);
    if (isMark) await look();
    const place = main.querySelector(`.rad[data-rad="${number}"] .fel`) || main.querySelector(".fel");
    if (place) {
      place.textContent = why;
      place.hidden = false;
    } else {
      $("sparat").textContent = why;
    }
  }

  function connected(isUp) {
    failures = isUp ? 0 : failures + 1;
    $("natfel").hidden = failures < 2;
  }

  function tell(text, isDone) {
    $("sparat").textContent = text;
    $("sparat").classList.toggle("klart", isDone);
  }

  // Crosses

  function written(row) {
    const marks = [...row.querySelectorAll("[data-val]")].map((box) => [box.dataset.val, box.getAttribute("aria-pressed")]);
    return marks.flatMap(([choice, mark]) => (mark === "true" ? [choice] : mark === "mixed" ? [`(${choice})`] : [])).join(" ");
  }

  function draw(row, text) {
    const marks = new Set(text.split(" "));
    for (const box of row.querySelectorAll("[data-val]")) {
      const choice = box.dataset.val;
      box.setAttribute("aria-pressed", marks.has(choice) ? "true" : marks.has(`(${choice})`) ? "mixed" : "false");
    }
  }

  function tap(box) {
    const row = box.closest(".rad");
    const mark = NEXT[box.getAttribute("aria-pressed")];
    if (seen.ovning !== "stryktips") for (const other of row.querySelectorAll("[data-val]")) other.setAttribute("aria-pressed", "false");
    box.setAttribute("aria-pressed", mark);
    row.querySelector(".fel").hidden = true;
    $("sagt").textContent = `${box.dataset.namn}: ${SAID[mark]}`;
    put(`rad:${row.dataset.rad}`, written(row));
    count();
  }

  function count() {
    const rows = [...main.querySelectorAll(".rad")];
    const crossed = rows.map((row) => row.querySelectorAll('[data-val]:not([aria-pressed="false"])').length);
    const isWhole = seen.oppen === "1" && seen.ledd === "0";
    $("klart").textContent = isWhole ? `${crossed.filter(Boolean).length} av ${seen.antal} klara` : "";
    const guards = $("garderingar");
    if (guards && isWhole) {
      guards.textContent = `Garderingar: ${crossed.reduce((sum, number) => sum + Math.max(number - 1, 0), 0)} av ${guards.dataset.mest}.`;
    }
    chain(rows);
  }

  function chain(rows) {
    const list = $("kedja");
    if (!list || !rows.length) return;
    list.replaceChildren(
      ...[...rows[0].querySelectorAll("[data-val]")].map((column) => {
        const part = document.createElement("div");
        const name = document.createElement("dt");
        name.textContent = column.dataset.namn;
        const cards = rows.filter((row) => row.querySelector(`[data-val="${column.dataset.val}"]:not([aria-pressed="false"])`));
        const texts = cards.map((row) => row.querySelector(".pastaende").textContent.trim());
        part.append(
          name,
          ...(texts.length ? texts : ["Inget kort än"]).map((text) => {
            const card = document.createElement("dd");
            card.textContent = text;
            return card;
          }),
        );
        return part;
      }),
    );
  }

  // What the server shows

  async function look() {
    const answer = await call(`/vy?spelare=${seen.spelare}`);
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return;
    const shown = document.createElement("template");
    shown.innerHTML = await answer.text();
    const fresh = shown.content.getElementById("vy").dataset;
    // An answer that set out before the latest cross was saved would take the cross away again.
    if (fresh.steg === seen.steg && Number(fresh.kryss) < Number(seen.kryss)) return;
    const had = focused();
    const opened = new Set([...main.querySelectorAll("details[open]")].map(placeOf));
    const before = seen.runda;
    main.replaceChildren(shown.content);
    seen = facts();
    for (const details of main.querySelectorAll("details")) if (opened.has(placeOf(details))) details.open = true;
    restore();
    clock(timeLeft());
    if (seen.runda !== before) {
      window.scrollTo(0, 0);
      $("rubrik").focus();
    } else if (had) {
      had();
    }
  }

  function placeOf(element) {
    const row = element.closest(".rad");
    return row ? `rad ${row.dataset.rad}` : element.className || element.querySelector("summary")?.textContent;
  }

  function focused() {
    const element = document.activeElement;
    if (!main.contains(element)) return null;
    const row = element.closest(".rad");
    const inside = row ? `.rad[data-rad="${row.dataset.rad}"] ` : "";
    const what = element.dataset.val ? `[data-val="${element.dataset.val}"]` : element.dataset.slag ? `[data-slag][data-nr="${element.dataset.nr}"]` : null;
    if (!what) return null;
    const [start, end] = [element.selectionStart, element.selectionEnd];
    return () => {
      const again = main.querySelector(inside + what);
      if (!again) return;
      again.focus({ preventScroll: true });
      if (start !== undefined && again.setSelectionRange) again.setSelectionRange(start, end);
    };
  }

  // Lay what is not saved yet over what the server showed.
  function restore() {
    for (const [key, value] of waiting) {
      const [kind, number] = [key.slice(0, key.lastIndexOf(":")), key.slice(key.lastIndexOf(":") + 1)];
      const row = main.querySelector(`.rad[data-rad="${number}"]`);
      if (kind === "rad" && row && seen.oppen === "1") draw(row, value.text);
      const text = kind === "rad" ? null : main.querySelector(`[data-slag="${kind}"][data-nr="${number}"]`);
      if (text) text.value = value.text;
    }
    count();
  }

  function timeLeft() {
    return seen.oppen === "1" && seen.kvar !== "" ? Number(seen.kvar) : null;
  }

  function clock(left) {
    deadline = left === null ? null : performance.now() + left * 1000;
    tick();
  }

  function tick() {
    const place = $("tid");
    place.hidden = deadline === null;
    if (deadline === null) return;
    const left = Math.max(0, Math.ceil((deadline - performance.now()) / 1000));
    place.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} kvar` : "Tiden är ute";
    if (!left) {
      deadline = null;
      setTimeout(() => look().catch(() => connected(false)), 300);
    }
  }

  async function poll() {
    clearTimeout(polling);
    try {
      const answer = await call(`/lage?spelare=${seen.spelare}`);
      if (answer.status === 401) return location.reload();
      const now = await answer.json();
      connected(true);
      if (String(now.steg) !== seen.steg || (now.kryss > Number(seen.kryss) && !waiting.size)) await look();
      else if (now.kvar !== null && seen.oppen === "1") clock(now.kvar);
      for (const key of waiting.keys()) send(key);
    } catch {
      connected(false);
    }
    polling = setTimeout(poll, failures ? Math.min(POLL, 700 * failures) : POLL * (0.9 + 0.2 * Math.random()));
  }

  main.addEventListener("click", (event) => {
    const box = event.target.closest("[data-val]");
    if (box) tap(box);
  });

  main.addEventListener("input", (event) => {
    const { slag, nr } = event.target.dataset;
    if (!slag) return;
    const key = `${slag}:${nr}`;
    const text = event.target.value;
    waiting.set(key, { text });
    keep();
    clearTimeout(typing.get(key));
    typing.set(key, setTimeout(() => put(key, text), TYPING));
  });

  main.addEventListener("focusout", (event) => {
    const { slag, nr } = event.target.dataset;
    if (slag && waiting.has(`${slag}:${nr}`)) send(`${slag}:${nr}`);
  });

  $("visa-ord").addEventListener("click", () => $("ord").showModal());
  $("stang-ord").addEventListener("click", () => $("ord").close());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") poll();
    else for (const key of waiting.keys()) send(key);
  });
  window.addEventListener("online", poll);

  setInterval(tick, 250);
  restore();
  clock(timeLeft());
  for (const key of waiting.keys()) send(key);
  polling = setTimeout(poll, POLL);
})();
