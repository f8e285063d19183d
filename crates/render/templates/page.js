"use strict";
// The page reads fully without this script. It adds: sorting, searching, the long tables, tooltips, the link between a bar
// and its row. Texts of the log only ever pass through textContent.
(() => {
  const make = (tag, text, ...classes) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (classes.length) node.classList.add(...classes);
    return node;
  };
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const byNumberThenText = (a, b) => {
    const [x, y] = [Number(a), Number(b)];
    const [blankA, blankB] = [a === "" || a === null, b === "" || b === null];
    if (blankA || blankB) return blankA - blankB;
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  };

  // How a value of the data island is spelled: as in the table's own cells.
  const spell = {
    text: (v) => v,
    word: (v, column) => column.words[v],
    number: (v) => grouped(v),
    time: (v) => new Date(v * 1000).toISOString().slice(0, 16).replace("T", " "),
    duration: (v) => {
      const m = Math.floor(v / 60), d = Math.floor(m / 1440), h = Math.floor(m / 60) % 24, r = m % 60;
      if (d) return d + " d" + (h ? " " + h + " h" : "");
      if (h) return h + " h" + (r ? " " + r + " min" : "");
      return m ? m + " min" : "under a minute";
    },
    bytes: (v) => {
      if (v < 1000) return v + " B";
      let unit = "";
      for (const next of ["kB", "MB", "GB", "TB"]) { v /= 1000; unit = next; if (v < 999.95) break; }
      return v.toFixed(1) + " " + unit;
    },
  };

  // A table whose rows stand on the page.
  const still = (table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    let texts = null;
    const key = (row, place) => row.cells[place].dataset.sort ?? row.cells[place].textContent.toLowerCase();
    return {
      size: rows.length,
      words: (place) => [...new Set(rows.map((row) => row.cells[place].firstChild?.textContent ?? ""))].sort(),
      show(find, place, word, sort) {
        let shown = 0;
        texts ??= rows.map((row) => row.textContent.toLowerCase());
        rows.forEach((row, i) => {
          const fits = texts[i].includes(find) && (!word || row.cells[place].firstChild?.textContent === word);
          row.hidden = !fits;
          shown += fits;
        });
        if (sort) {
          const order = rows.map((row, i) => [key(row, sort.place), i]);
          order.sort((a, b) => byNumberThenText(a[0], b[0]) * sort.sign || a[1] - b[1]);
          body.append(...order.map(([, i]) => rows[i]));
        }
        return shown;
      },
      reveal(id) {
        const row = document.getElementById(id);
        row?.scrollIntoView({ block: "center" });
        return row;
      },
    };
  };

  // A table whose rows are data: only those in sight are elements.
  const long = (holder, table, island) => {
    const { columns, rows } = island;
    const text = (row, place) => (row[place] === null ? "not stated" : spell[columns[place].kind](row[place], columns[place]));
    // Made when somebody first searches: for 200,000 rows it takes a second.
    let whole = null;
    const texts = () => whole ??= rows.map((row) => columns.map((_, place) => text(row, place)).join("\u0001").toLowerCase());
    const numeric = [...table.tHead.rows[0].cells].map((cell) => cell.classList.contains("n"));
    const scroll = holder.querySelector(".scroll");
    const height = 31;
    const [above, live, below] = ["space", "live", "space"].map((name) => make("tbody", undefined, name));
    const [first, last] = [above, below].map((body) => {
      const cell = make("td");
      cell.colSpan = columns.length;
      const row = make("tr");
      row.append(cell);
      body.append(row);
      return cell;
    });
    table.tBodies[0].classList.add("still");
    table.append(above, live, below);
    holder.classList.add("is-virtual");
    scroll.classList.add("virtual", "long");
    let order = rows.map((_, i) => i);
    let lit = null;
    const draw = () => {
      const from = Math.max(0, Math.floor(scroll.scrollTop / height) - 10);
      const to = Math.min(order.length, from + Math.ceil(scroll.clientHeight / height) + 20);
      first.style.height = from * height + "px";
      last.style.height = (order.length - to) * height + "px";
      live.replaceChildren(...order.slice(from, to).map((i) => {
        const row = make("tr");
        row.dataset.id = rows[i][0];
        const mark = text(rows[i], 2);
        if (["suspect", "shared", "provisional"].includes(mark)) row.classList.add("suspect");
        if (rows[i][0] === lit) row.classList.add("lit");
        columns.forEach((_, place) => {
          const cell = make("td", place ? text(rows[i], place) : undefined);
          if (!place) { const link = make("a", rows[i][0]); link.href = "#" + rows[i][0]; cell.append(link); }
          if (numeric[place]) cell.classList.add("n");
          if (place === 2 && row.classList.contains("suspect")) cell.classList.add("suspect");
          if (cell.textContent.length > 24) cell.title = cell.textContent;
          row.append(cell);
        });
        return row;
      }));
    };
    scroll.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    addEventListener("resize", draw);
    return {
      size: rows.length,
      words: (place) => [...columns[place].words].sort(),
      show(find, place, word, sort) {
        const held = find ? texts() : null;
        order = [];
        rows.forEach((row, i) => { if ((!held || held[i].includes(find)) && (!word || text(row, place) === word)) order.push(i); });
        if (sort) {
          const kind = columns[sort.place].kind;
          const key = (i) => (kind === "word" ? text(rows[i], sort.place) : sort.place ? rows[i][sort.place] : Number(rows[i][0].slice(1)));
          order.sort((a, b) => byNumberThenText(key(a), key(b)) * sort.sign || a - b);
        }
        scroll.scrollTop = 0;
        draw();
        return order.length;
      },
      reveal(id) {
        lit = id;
        const at = order.findIndex((i) => rows[i][0] === id);
        if (at < 0) return null;
        scroll.scrollIntoView({ block: "center" });
        scroll.scrollTop = Math.max(0, at * height - scroll.clientHeight / 2);
        draw();
        return live.querySelector("tr.lit");
      },
    };
  };

  const tables = new Map();
  for (const holder of document.querySelectorAll(".table[data-interactive]")) {
    const table = holder.querySelector("table");
    const data = document.querySelector(`script.island[data-for="${holder.id}"]`);
    const rows = data ? long(holder, table, JSON.parse(data.textContent)) : still(table);
    const heads = [...table.tHead.rows[0].cells];
    const filterPlace = heads.findIndex((head) => head.textContent === "Attribution");
    const state = { find: "", word: "", sort: null };
    const count = make("span", undefined, "count");
    count.setAttribute("role", "status");
    const show = () => {
      const shown = rows.show(state.find, filterPlace, state.word, state.sort);
      count.textContent = shown === rows.size ? grouped(shown) + " rows" : grouped(shown) + " of " + grouped(rows.size) + " rows";
    };
    if (rows.size > 8) {
      const tools = make("div", undefined, "tools");
      const label = make("label", "Find ");
      const input = make("input");
      input.type = "search";
      input.addEventListener("input", () => { state.find = input.value.trim().toLowerCase(); show(); });
      label.append(input);
      tools.append(label);
      if (filterPlace >= 0) {
        const pick = make("label", "Attribution ");
        const select = make("select");
        select.append(new Option("all", ""));
        for (const word of rows.words(filterPlace)) select.append(new Option(word, word));
        select.addEventListener("change", () => { state.word = select.value; show(); });
        pick.append(select);
        tools.append(pick);
      }
      tools.append(count);
      holder.querySelector(".caption").after(tools);
      rows.clear = () => { input.value = ""; state.find = state.word = ""; const s = tools.querySelector("select"); if (s) s.value = ""; show(); };
      heads.forEach((head, place) => {
        const button = make("button", head.textContent);
        button.type = "button";
        head.replaceChildren(button);
        button.addEventListener("click", () => {
          const again = state.sort?.place === place;
          state.sort = { place, sign: again ? -state.sort.sign : head.classList.contains("n") ? -1 : 1 };
          heads.forEach((other) => other.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", state.sort.sign > 0 ? "ascending" : "descending");
          show();
        });
      });
      show();
    }
    tables.set(holder.id, rows);
  }

  // A bar and its row.
  const marks = (id) => [...document.querySelectorAll("figure svg [data-row]")].filter((mark) => mark.dataset.row === id);
  const light = (id) => {
    for (const old of document.querySelectorAll("figure svg .lit, tr.lit")) old.classList.remove("lit");
    for (const svg of document.querySelectorAll("figure svg.linked")) svg.classList.remove("linked");
    const found = marks(id);
    for (const mark of found) { mark.classList.add("lit"); mark.ownerSVGElement.classList.add("linked"); }
    return found;
  };
  const unlight = () => light("");
  for (const svg of document.querySelectorAll("figure svg")) {
    svg.addEventListener("click", (event) => {
      const id = event.target.closest("[data-row]")?.dataset.row;
      const rows = tables.get("sessions");
      if (!id || !rows) return unlight();
      rows.clear?.();
      light(id);
      rows.reveal(id)?.classList.add("lit");
    });
  }
  document.querySelector("#sessions")?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#V']");
    if (!link) return;
    event.preventDefault();
    const id = link.getAttribute("href").slice(1);
    const found = light(id);
    link.closest("tr").classList.add("lit");
    found[0]?.scrollIntoView({ block: "center" });
  });
  addEventListener("keydown", (event) => { if (event.key === "Escape") unlight(); });

  // Tooltips at once, where the browser's own come late.
  const tip = make("div", undefined, "tip");
  tip.hidden = true;
  document.body.append(tip);
  for (const svg of document.querySelectorAll("figure svg")) {
    svg.addEventListener("pointermove", (event) => {
      const mark = event.target.closest("rect, circle, path, polyline");
      const title = mark?.querySelector(":scope > title");
      if (title) { mark.dataset.tip = title.textContent; title.remove(); }
      tip.hidden = !mark?.dataset.tip;
      if (tip.hidden) return;
      tip.textContent = mark.dataset.tip;
      tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
      tip.style.top = Math.min(event.clientY + 16, innerHeight - tip.offsetHeight - 8) + "px";
    });
    svg.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
  document.documentElement.dataset.script = "ran";
})();
