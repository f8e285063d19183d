"""What a page must do in a real browser, one function a duty. Each returns complaints: no complaint, no problem."""

import json

from webdriver import ENTER, TAB

# Set before any page of ours runs: whatever an injected text would call.
CANARY = "window.__fired=[];for(const f of ['alert','confirm','prompt','open'])window[f]=(...a)=>{window.__fired.push(f+a)};"


def opened(browser, path, script=True):
    """Opens a page: it loads, says nothing on the console, asks for nothing, runs nothing of anybody else's."""
    browser.open(path)
    complaints = []
    if script and browser.run("return document.documentElement.dataset.script") != "ran":
        complaints.append("the page's own script did not run to its end")
    complaints += [f"console: {entry['message'][:300]}" for entry in browser.log("browser") if entry["level"] != "INFO"]
    own = browser.run("return location.href")
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if url.split("#")[0] != own.split("#")[0] and not url.startswith("data:"):
                complaints.append(f"a request: {url[:300]}")
    fired = browser.run("return window.__fired")
    if fired:
        complaints.append(f"something foreign ran: {fired}")
    return complaints


def built(browser):
    """One title, one first heading, ids that are unique, links inside the page that lead somewhere."""
    return browser.run("""
        const out = [];
        if (!document.title.trim()) out.push('no title');
        if (document.querySelectorAll('h1').length !== 1) out.push('not exactly one h1');
        if (document.querySelectorAll('main').length !== 1) out.push('not exactly one main');
        const seen = new Set();
        for (const {id} of document.querySelectorAll('[id]')) { if (seen.has(id)) out.push('id twice: ' + id); seen.add(id); }
        const rows = new Set([...document.querySelectorAll('script.island')].flatMap((i) => {
          const {columns, rows} = JSON.parse(i.textContent);
          return rows.map(([id]) => columns[0].kind === 'serial' ? 'V' + String(id).padStart(columns[0].width, '0') : String(id));
        }));
        for (const a of document.querySelectorAll("a[href^='#']")) {
          const id = a.getAttribute('href').slice(1);
          if (!seen.has(id) && !rows.has(id)) out.push('a link to nothing: #' + id);
        }
        return out.slice(0, 10);
    """)


VISIBLE = """
    const rowsOf = (holder) => {
      const table = holder.querySelector('table');
      const body = table.querySelector('tbody.live') ?? table.tBodies[0];
      return [...body.rows].filter((row) => !row.hidden);
    };
"""


def sorted_and_found(browser):
    """Every table that says it can be sorted and searched can be, by mouse and by keyboard."""
    complaints = []
    # A table of a few rows has no tools.
    ids = browser.run("return [...document.querySelectorAll('.table[data-interactive]')].filter((t) => t.querySelector('th button')).map((t) => t.id)")
    for name in ids:
        for complaint in sorts(browser, name) + finds(browser, name):
            complaints.append(f"#{name}: {complaint}")
    return complaints


def sorts(browser, name):
    """A click on a head sorts, Enter on it turns the order over."""
    def column():
        return browser.run(VISIBLE + """
            const holder = document.getElementById(arguments[0]);
            const heads = [...holder.querySelectorAll('thead th')];
            const place = Math.max(0, heads.findIndex((head) => head.classList.contains('n')));
            const value = (cell) => { const t = cell.dataset.sort ?? cell.textContent.replace(/,/g, ''); return t.trim() === '' ? null : t; };
            return {order: heads[place].getAttribute('aria-sort'), values: rowsOf(holder).map((row) => value(row.cells[place]))};
        """, name)

    def press(key):
        browser.run("""
            const heads = [...document.getElementById(arguments[0]).querySelectorAll('thead th')];
            const button = heads[Math.max(0, heads.findIndex((head) => head.classList.contains('n')))].querySelector('button');
            button.focus(); if (!arguments[1]) button.click();
        """, name, bool(key))
        if key:
            browser.press(key)
        return column()

    complaints, orders = [], []
    for key in (None, ENTER):
        now = press(key)
        orders.append(now["order"])
        values = [float(v) for v in now["values"] if v is not None and is_number(v)]
        if values != sorted(values, reverse=now["order"] == "descending"):
            complaints.append(f"says {now['order']} and is not: {values[:8]}")
    if sorted(map(str, orders)) != ["ascending", "descending"]:
        complaints.append(f"two presses gave the orders {orders}")
    return complaints


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def finds(browser, name):
    """What is typed into the search field is in every row that stays; nothing stays for what is nowhere."""
    state = VISIBLE + """
        const holder = document.getElementById(arguments[0]);
        return {rows: rowsOf(holder).map((row) => row.textContent.toLowerCase()), said: holder.querySelector('[role=status]')?.textContent ?? ''};
    """
    type_into = """
        const input = document.getElementById(arguments[0]).querySelector('input[type=search]');
        if (!input) return false;
        input.focus(); input.value = arguments[1]; input.dispatchEvent(new Event('input', {bubbles: true}));
        return true;
    """
    word = browser.run(VISIBLE + """
        const cells = rowsOf(document.getElementById(arguments[0]))[0]?.cells ?? [];
        return [...cells].map((c) => c.firstChild?.textContent ?? '').find((t) => /^[a-z0-9.]{4,}/i.test(t))?.slice(0, 6).toLowerCase() ?? null;
    """, name)
    if word is None:
        return ["its first row has no word to search for"]
    if not browser.run(type_into, name, word):
        return ["there is no search field"]
    complaints = []
    found = browser.run(state, name)
    if not found["rows"] or any(word not in row for row in found["rows"]):
        complaints.append(f"searching {word!r} left {len(found['rows'])} rows, some without it: {found['said']}")
    browser.run(type_into, name, "no such text anywhere")
    nothing = browser.run(state, name)
    if nothing["rows"] or not nothing["said"].startswith("0 of"):
        complaints.append(f"searching for what is nowhere left {nothing['said']!r}")
    browser.run(type_into, name, "")
    return complaints


def by_keyboard(browser):
    """Tab leads on and never stays; what it reaches is in sight, has a name and shows that it is reached."""
    browser.run("""
        window.scrollTo(0, 0); document.activeElement?.blur(); window.__reached = [];
        addEventListener('focusin', (e) => {
          const at = e.target, box = at.getBoundingClientRect(), style = getComputedStyle(at);
          const name = (at.getAttribute('aria-label') || document.getElementById(at.getAttribute('aria-labelledby') ?? '')?.textContent || at.textContent || at.labels?.[0]?.textContent || '').trim();
          window.__reached.push({what: at.tagName + '.' + at.className + ' ' + name.slice(0, 40), named: !!name, seen: box.width > 0 && box.height > 0,
            shown: style.outlineStyle !== 'none' || style.boxShadow !== 'none', is: [...document.querySelectorAll('*')].indexOf(at)});
        });
    """)
    presses = 45
    browser.press(*[TAB] * presses)
    reached = browser.run("return window.__reached")
    complaints = [f"Tab reached {one['what']!r}, which has no {what}" for one in reached for key, what in (("named", "name"), ("seen", "size"), ("shown", "visible focus")) if not one[key]]
    if not reached or "skip" not in reached[0]["what"]:
        complaints.append("the first Tab does not reach the link over the head of the page")
    places = [one["is"] for one in reached]
    if len(set(places)) != len(places) and len(set(places)) < presses - 5:
        # Short pages come round again; long ones must not.
        total = browser.run("return document.querySelectorAll('a[href],button,input,select,summary,[tabindex=\"0\"]').length")
        if len(set(places)) < min(total, presses) - 5:
            complaints.append(f"Tab stays among {len(set(places))} of {total} things")
    opened_by_key = browser.run("""
        const summary = document.querySelector('details > summary');
        if (!summary) return 'none'; summary.focus(); return summary.parentElement.open ? 'open' : 'closed';
    """)
    if opened_by_key == "closed":
        browser.press(ENTER)
        if not browser.run("return document.querySelector('details').open"):
            complaints.append("Enter does not open a folded table")
    return complaints


def fits(browser, widths):
    """No sideways scrolling of the whole page at any width; 200 % zoom of 1280 is 640."""
    complaints = []
    for width in widths:
        browser.size(width, 1000)
        over = browser.run("return document.scrollingElement.scrollWidth - innerWidth")
        if over > 1:
            complaints.append(f"at {width} px the page is {over} px too wide")
    return complaints


def accessible(browser, axe):
    """axe-core finds no violation."""
    browser.run(axe + ";return 1")
    violations = browser.run_async("""
        const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map((v) =>
          v.id + ' (' + v.impact + ', ' + v.nodes.length + '): ' + v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(' | '))), (e) => done([String(e)]));
    """)
    return [f"axe: {one}" for one in violations]
