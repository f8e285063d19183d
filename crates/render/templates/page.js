"use strict";
// The page reads fully without this script. It adds: sorting, filters, searching, the long tables, a row's details, tooltips,
// the link between a bar and its row, a span of time drawn across F01. Texts of the log only ever pass through textContent.
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
    serial: (v) => v,
    bracketed: (v) => v,
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
  const still = (holder, table) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent);
    let texts = null;
    const first = (row, place) => row.cells[place].firstChild?.textContent ?? "";
    const key = (row, place) => row.cells[place].dataset.sort ?? row.cells[place].textContent.toLowerCase();
    return {
      size: rows.length,
      words: (place) => [...new Set(rows.map((row) => first(row, place)))].sort(),
      ids: () => rows.filter((row) => !row.hidden).map((row) => row.id),
      show({ find, picks, from, to, sort }, timed) {
        let shown = 0;
        texts ??= rows.map((row) => row.textContent.toLowerCase());
        rows.forEach((row, i) => {
          const at = timed ? Number(row.cells[timed].dataset.sort) : 0;
          const fits = texts[i].includes(find) && [...picks].every(([place, word]) => first(row, place) === word) &&
            (!timed || ((from === null || at >= from) && (to === null || at < to)));
          row.hidden = !fits;
          shown += fits;
        });
        if (sort) {
          const order = rows.map((row, i) => [key(row, sort.place), i]);
          order.sort((a, b) => byNumberThenText(a[0], b[0]) * sort.sign || a[1] - b[1]);
          body.append(...order.map(([, i]) => rows[i]));
        }
        // The first 100 of what is shown are printed.
        let place = 0;
        for (const row of body.rows) if (!row.hidden) row.classList.toggle("far", ++place > 100);
        return shown;
      },
      reveal(id) {
        const row = document.getElementById(id);
        row?.scrollIntoView({ block: "center" });
        return row;
      },
      pairs: (row) => heads.map((head, place) => [head, [...row.cells[place].childNodes].map((n) => n.textContent).join(" · ")]),
    };
  };

  // A table whose rows are data: only those in sight are elements.
  const long = (holder, table, island) => {
    const { columns, rows } = island;
    // A row holds only what is new in it.
    const whole_of = {
      serial: (v, column) => "V" + String(v).padStart(column.width, "0"),
      bracketed: (v) => (v[0] === "!" ? v.slice(1) : "<" + v + ">"),
      time: (v, column) => v + column.base,
    };
    columns.forEach((column, place) => {
      const restore = whole_of[column.kind];
      if (restore) for (const row of rows) if (row[place] !== null) row[place] = restore(row[place], column);
    });
    // The clock of the case's zone, by the offsets the page brings along.
    const local = (v) => {
      const step = (island.offsets ?? []).findLast(([from]) => from <= v);
      if (!step || v === null) return "";
      const [utc, there] = [spell.time(v), spell.time(v + step[1] * 60)];
      const [hours, minutes] = [Math.floor(Math.abs(step[1]) / 60), Math.abs(step[1]) % 60];
      const offset = (step[1] < 0 ? "\u2212" : "+") + [hours, minutes].map((n) => String(n).padStart(2, "0")).join(":");
      return (utc.slice(0, 10) === there.slice(0, 10) ? there.slice(11) : there) + " " + offset;
    };
    const named = [...table.tHead.rows[0].cells];
    const heads = named.map((head) => head.textContent);
    const text = (row, place) => (row[place] === null ? "" : spell[columns[place].kind](row[place], columns[place]));
    // Made when somebody first searches: for 200,000 rows it takes a second.
    let whole = null;
    const texts = () => whole ??= rows.map((row) => columns.map((_, place) => text(row, place)).join("\u0001").toLowerCase());
    const numeric = named.map((cell) => cell.classList.contains("n"));
    const marked = columns.findIndex((column) => column.tones.length);
    const scroll = holder.querySelector(".scroll");
    const height = 31;
    const [above, live, below] = ["space", "live", "space"].map((name) => make("tbody", undefined, name));
    const [first, last] = [above, below].map((body) => {
      const cell = make("td");
      cell.colSpan = columns.length;
      const row = make("tr");
      row.setAttribute("aria-hidden", "true");
      row.append(cell);
      body.append(row);
      return cell;
    });
    table.tBodies[0].classList.add("still");
    table.append(above, live, below);
    table.setAttribute("aria-rowcount", rows.length + 1);
    holder.classList.add("is-virtual");
    scroll.classList.add("virtual", "long");
    let order = rows.map((_, i) => i);
    let lit = null;
    const draw = () => {
      const from = Math.max(0, Math.floor(scroll.scrollTop / height) - 10);
      const to = Math.min(order.length, from + Math.ceil(scroll.clientHeight / height) + 20);
      const focused = live.contains(document.activeElement) ? document.activeElement.closest("tr")?.dataset.at : null;
      first.style.height = from * height + "px";
      last.style.height = (order.length - to) * height + "px";
      live.replaceChildren(...order.slice(from, to).map((i, place) => {
        const row = make("tr");
        row.dataset.id = rows[i][0];
        row.dataset.at = i;
        row.setAttribute("aria-rowindex", from + place + 2);
        const suspect = marked >= 0 && columns[marked].tones.includes(text(rows[i], marked));
        if (suspect) row.classList.add("suspect");
        if (rows[i][0] !== null && rows[i][0] === lit) row.classList.add("lit");
        columns.forEach((_, place) => {
          const words = text(rows[i], place);
          const cell = make("td", place ? words : undefined);
          if (!place) { const link = make("button", words || "(no id)", "row"); link.type = "button"; cell.append(link); }
          if (numeric[place]) cell.classList.add("n");
          if (place === marked && suspect) cell.classList.add("suspect");
          const there = columns[place].local && local(rows[i][place]);
          if (there) cell.append(" ", make("small", there));
          if (words.length > 24) cell.title = words;
          row.append(cell);
        });
        return row;
      }));
      if (focused) live.querySelector(`tr[data-at="${focused}"] button`)?.focus({ preventScroll: true });
    };
    scroll.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    addEventListener("resize", draw);
    return {
      size: rows.length,
      words: (place) => [...columns[place].words].sort(),
      ids: () => order.map((i) => rows[i][0]),
      show({ find, picks, from, to, sort }, timed) {
        const held = find ? texts() : null;
        const wanted = [...picks].map(([place, word]) => [place, columns[place].kind === "word" ? columns[place].words.indexOf(word) : word]);
        order = [];
        rows.forEach((row, i) => {
          if ((!held || held[i].includes(find)) && wanted.every(([place, word]) => row[place] === word) &&
            (!timed || ((from === null || row[timed] >= from) && (to === null || row[timed] < to)))) order.push(i);
        });
        if (sort) {
          const { kind, words } = columns[sort.place];
          const key = (i) => (kind === "word" ? words[rows[i][sort.place]] ?? null : rows[i][sort.place]);
          const id = (v) => (/^V\d+$/.test(v) ? Number(v.slice(1)) : v);
          const keys = new Map(order.map((i) => [i, sort.place ? key(i) : id(key(i))]));
          order.sort((a, b) => byNumberThenText(keys.get(a), keys.get(b)) * sort.sign || a - b);
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
      pairs: (row) => heads.map((head, place) => {
        const held = rows[Number(row.dataset.at)];
        const there = columns[place].kind === "time" && local(held[place]);
        return [head, text(held, place) + (there ? ` UTC (${there} ${island.zone})` : "")];
      }),
      explains: columns.findIndex((column) => column.explain),
    };
  };

  const tables = new Map();
  const changed = [];
  for (const holder of document.querySelectorAll(".table[data-interactive]")) {
    const table = holder.querySelector("table");
    const data = document.querySelector(`script.island[data-for="${holder.id}"]`);
    const rows = data ? long(holder, table, JSON.parse(data.textContent)) : still(holder, table);
    const heads = [...table.tHead.rows[0].cells];
    const names = heads.map((head) => head.textContent);
    const timed = holder.id === "sessions" ? names.indexOf("First record") : 0;
    const state = { find: "", picks: new Map(), from: null, to: null, sort: null };
    const count = make("span", undefined, "count");
    count.setAttribute("role", "status");
    if (rows.size > 8) {
      const tools = make("div", undefined, "tools");
      const field = (words, input, listen) => {
        const label = make("label", words + " ");
        label.append(input);
        tools.append(label);
        input.addEventListener(input.tagName === "SELECT" ? "change" : "input", () => { listen(input.value); run(); });
        return input;
      };
      const run = () => {
        const shown = rows.show(state, timed);
        count.textContent = shown === rows.size ? grouped(shown) + " rows" : grouped(shown) + " of " + grouped(rows.size) + " rows";
        for (const follow of changed) follow(holder.id, rows, state, shown);
      };
      const input = make("input");
      input.type = "search";
      field("Find", input, (value) => { state.find = value.trim() && value.toLowerCase(); });
      const selects = new Map();
      heads.forEach((head, place) => {
        const words = head.dataset.filter === undefined ? [] : rows.words(place);
        if (words.length < 2 || words.length > 2000) return;
        const select = make("select");
        select.append(new Option("all", ""), ...words.map((word) => new Option(word, word)));
        selects.set(place, field(names[place], select, (word) => { word ? state.picks.set(place, word) : state.picks.delete(place); }));
      });
      const spans = [];
      if (timed) {
        for (const edge of ["from", "to"]) {
          const at = make("input");
          at.type = "datetime-local";
          spans.push(field(edge === "from" ? "From (UTC)" : "to", at, (value) => { state[edge] = value ? Date.parse(value + "Z") / 1000 : null; }));
        }
        rows.span = (from, to) => {
          [state.from, state.to] = [from, to];
          [from, to].forEach((at, i) => { spans[i].value = at === null ? "" : new Date(at * 1000).toISOString().slice(0, 16); });
          run();
        };
      }
      const clear = make("button", "Clear");
      clear.type = "button";
      tools.append(clear, count);
      rows.clear = () => {
        input.value = state.find = "";
        state.picks.clear();
        state.from = state.to = null;
        for (const select of selects.values()) select.value = "";
        for (const at of spans) at.value = "";
        run();
      };
      clear.addEventListener("click", rows.clear);
      rows.pick = (name, word) => {
        rows.clear();
        const place = names.indexOf(name);
        if (!selects.has(place)) return;
        selects.get(place).value = word;
        state.picks.set(place, word);
        run();
      };
      holder.querySelector(".caption").after(tools);
      heads.forEach((head, place) => {
        const button = make("button", head.textContent);
        button.type = "button";
        head.replaceChildren(button);
        button.addEventListener("click", () => {
          const again = state.sort?.place === place;
          state.sort = { place, sign: again ? -state.sort.sign : head.classList.contains("n") ? -1 : 1 };
          heads.forEach((other) => other.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", state.sort.sign > 0 ? "ascending" : "descending");
          run();
        });
      });
      run();
    }
    // A row in full, and the command that prints its source rows.
    const detail = make("div", undefined, "detail");
    detail.hidden = true;
    detail.setAttribute("role", "status");
    holder.querySelector(".scroll").after(detail);
    rows.tell = (row) => {
      const list = make("dl");
      const pairs = rows.pairs(row);
      for (const [name, value] of pairs.filter(([, value]) => value !== "")) {
        const pair = make("div");
        pair.append(make("dt", name), make("dd", value));
        list.append(pair);
      }
      const id = rows.explains >= 0 ? pairs[rows.explains][1] : row.id && holder.id === "sessions" ? row.id : "";
      const close = make("button", "Close");
      close.type = "button";
      close.addEventListener("click", () => { detail.hidden = true; });
      detail.replaceChildren(list);
      if (id) { const code = make("code", "mailtrail explain '" + id.replace(/'/g, "'\\''") + "'"); const line = make("p", "Source rows: "); line.append(code); detail.append(line); }
      detail.append(close);
      detail.hidden = false;
    };
    tables.set(holder.id, rows);
  }

  // A total leads to its rows.
  for (const link of document.querySelectorAll("a[data-pick]")) {
    link.addEventListener("click", () => {
      const [name, word] = link.dataset.pick.split("=");
      tables.get(link.hash.slice(1))?.pick?.(name, word);
    });
  }

  // A bar and its row.
  const bars = new Map();
  for (const mark of document.querySelectorAll("figure svg [data-row]")) {
    if (!bars.has(mark.dataset.row)) bars.set(mark.dataset.row, []);
    bars.get(mark.dataset.row).push(mark);
  }
  const light = (id) => {
    for (const old of document.querySelectorAll("figure svg .lit, tr.lit")) old.classList.remove("lit");
    for (const svg of document.querySelectorAll("figure svg.linked")) svg.classList.remove("linked");
    const found = bars.get(id) ?? [];
    for (const mark of found) { mark.classList.add("lit"); mark.ownerSVGElement.classList.add("linked"); }
    return found;
  };
  const unlight = () => light("");
  const sessions = tables.get("sessions");
  const open = (id) => {
    if (!id || !sessions) return unlight();
    let row = sessions.reveal(id);
    if (!row || row.hidden) { sessions.clear?.(); row = sessions.reveal(id); }
    light(id);
    if (row) { row.classList.add("lit"); sessions.tell(row); }
  };
  // Bars of sessions that the table leaves out step back.
  changed.push((id, rows, state, shown) => {
    if (id !== "sessions" || !bars.size) return;
    const kept = shown === rows.size ? null : new Set(rows.ids());
    for (const [row, marks] of bars) for (const mark of marks) mark.classList.toggle("off", kept !== null && !kept.has(row));
  });
  for (const [id, rows] of tables) {
    document.getElementById(id).addEventListener("click", (event) => {
      const link = event.target.closest("td:first-child button.row, td:first-child a[href^='#']");
      const row = link?.closest("tr");
      if (!row) return;
      const own = row.dataset.id ?? row.id;
      if (id === "sessions") {
        event.preventDefault();
        const found = light(own);
        row.classList.add("lit");
        rows.tell(row);
        found[0]?.scrollIntoView({ block: "center" });
      } else if (link.tagName === "BUTTON") {
        rows.tell(row);
      }
    });
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") { unlight(); for (const detail of document.querySelectorAll(".detail")) detail.hidden = true; } });

  // Tooltips at once, where the browser's own come late; by keyboard, too.
  const tip = make("div", undefined, "tip");
  tip.hidden = true;
  document.body.append(tip);
  const words = (mark) => {
    const title = mark?.querySelector(":scope > title");
    if (title) { mark.dataset.tip = title.textContent; title.remove(); }
    return mark?.dataset.tip;
  };
  const tell = (mark, x, y) => {
    const said = words(mark);
    tip.hidden = !said;
    if (!said) return;
    tip.textContent = said;
    tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(4, Math.min(y + 16, innerHeight - tip.offsetHeight - 8)) + "px";
  };
  for (const svg of document.querySelectorAll("figure svg")) {
    svg.addEventListener("pointermove", (event) => tell(event.target.closest("rect, circle, path, polyline"), event.clientX, event.clientY));
    svg.addEventListener("pointerleave", () => { tip.hidden = true; });
    svg.addEventListener("click", (event) => { const id = event.target.closest("[data-row]")?.dataset.row; id ? open(id) : unlight(); });
    const own = [...svg.querySelectorAll("[data-row]")];
    if (!own.length || !sessions) continue;
    // One stop for the whole picture: arrows walk its bars, Enter opens the row.
    const region = svg.closest(".scroll");
    region.setAttribute("aria-description", "Arrow keys walk through the sessions, Enter opens a session's row.");
    let at = -1;
    region.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) {
        const seen = own.filter((mark) => !mark.classList.contains("off"));
        if (!seen.length) return;
        event.preventDefault();
        at = (seen.indexOf(own[at]) + step + seen.length) % seen.length;
        const mark = seen[at];
        at = own.indexOf(mark);
        light(mark.dataset.row);
        const box = mark.getBoundingClientRect();
        tell(mark, box.right, box.bottom);
      } else if (event.key === "Enter" && at >= 0) {
        open(own[at].dataset.row);
      }
    });
    region.addEventListener("blur", () => { tip.hidden = true; });
  }

  // A span of time, drawn across F01, is the span of the sessions' table.
  for (const svg of document.querySelectorAll("figure svg[data-from]")) {
    if (!sessions?.span) continue;
    const [from, to, left, right, top, bottom] = ["from", "to", "left", "right", "top", "bottom"].map((name) => Number(svg.dataset[name]));
    const band = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    band.classList.add("brush");
    band.setAttribute("y", top);
    band.setAttribute("height", bottom - top);
    svg.append(band);
    const place = (event) => {
      const box = svg.getBoundingClientRect();
      return Math.min(right, Math.max(left, ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width));
    };
    const time = (x) => Math.round((from + ((x - left) / (right - left)) * (to - from)) / 60) * 60;
    const paint = (a, b) => { band.setAttribute("x", Math.min(a, b)); band.setAttribute("width", Math.abs(b - a)); };
    let start = null;
    svg.addEventListener("pointerdown", (event) => { if (event.button === 0) start = place(event); });
    svg.addEventListener("pointermove", (event) => { if (start !== null && event.buttons & 1 && Math.abs(place(event) - start) > 4) { paint(start, place(event)); getSelection()?.removeAllRanges(); } });
    svg.addEventListener("pointerup", (event) => {
      const end = place(event);
      const begun = start;
      start = null;
      if (begun === null || Math.abs(end - begun) <= 4) return;
      event.stopPropagation();
      sessions.span(time(Math.min(begun, end)), time(Math.max(begun, end)));
    });
    const follow = (id, rows, state) => {
      if (id !== "sessions") return;
      const x = (at, edge) => (at === null ? edge : left + ((at - from) / (to - from)) * (right - left));
      const [a, b] = [x(state.from, left), x(state.to, right)].map((v) => Math.min(right, Math.max(left, v)));
      state.from === null && state.to === null ? paint(0, 0) : paint(a, b);
    };
    changed.push(follow);
  }
  document.documentElement.dataset.script = "ran";
})();
