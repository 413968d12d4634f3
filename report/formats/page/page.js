const page = (function () {
  const known = JSON.parse(document.getElementById("traces").textContent);
  const traces = known.traces.map(prepare);
  let active = traces.length ? traces[0] : null;

  function make(name, text, kind) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function prepare(data) {
    const section = document.getElementById("trace-" + data.trace);
    const find = (selector) => section.querySelector(selector);
    const trace = { data, section, find, step: 0, lines: new Map() };
    section.classList.add("stepping");
    find(".controls").hidden = false;
    find(".side").hidden = false;
    for (const button of section.querySelectorAll("[data-go]")) {
      button.addEventListener("click", () => go(trace, button.dataset.go));
    }
    for (const box of section.querySelectorAll(".step")) {
      box.addEventListener("click", () => show(trace, Number(box.dataset.step)));
      // The fragment is ours from here on; the browser would scroll the page to the box.
      box.removeAttribute("id");
    }
    find(".lanes").addEventListener("keydown", (event) => {
      const word = { ArrowUp: "back", ArrowDown: "on", Home: "first", End: "last" }[event.key];
      if (word) {
        event.preventDefault();
        go(trace, word);
      }
    });
    for (const choice of section.querySelectorAll("input")) {
      choice.addEventListener("change", () => paint(trace));
    }
    const files = new Set();
    for (const places of data.at) for (const place of places) if (place) files.add(place[0]);
    for (const step of data.steps) for (const place of step.lines) if (place) files.add(place[0]);
    if (data.wrong) files.add(data.wrong[0]);
    trace.lines = filled(find(".code"), files);
    trace.watch = watched.panel(find(".watch"), () => state(trace), () => {});
    paint(trace);
    return trace;
  }

  // The sources stand at the end of the page once; each trace has a copy of those that it goes through.
  function filled(pane, files) {
    const lines = new Map();
    for (const number of [...files].sort((a, b) => a - b)) {
      const copy = document.getElementById("file-" + number).cloneNode(true);
      copy.removeAttribute("id");
      for (const line of copy.querySelectorAll(".line")) lines.set(number + ":" + line.dataset.line, line);
      pane.append(copy);
    }
    return lines;
  }

  function named(place) {
    const path = document.querySelector("#file-" + place[0] + " h3").textContent;
    return path.replace(/^.*[/\\]/, "").replace(/\.pfn$/, "") + ":" + place[1];
  }

  function state(trace) {
    const values = new Map(trace.data.initial);
    for (const step of trace.data.steps.slice(0, trace.step)) {
      for (const [name, , now] of step.changes) values.set(name, now);
    }
    return values;
  }

  function paint(trace) {
    const { data, step } = trace;
    const last = data.steps.length;
    const current = step > 0 ? data.steps[step - 1] : null;
    trace.find(".count").textContent = step === 0 ? "start" : "step " + step + " of " + last;
    trace.find(".now").textContent = current
      ? data.tasks[current.task] + ": " + current.text
      : "before the first step";
    for (const button of trace.section.querySelectorAll("[data-go]")) {
      button.disabled = ["first", "back"].includes(button.dataset.go) ? step === 0 : step === last;
    }
    for (const box of trace.section.querySelectorAll(".step")) {
      const number = Number(box.dataset.step);
      box.classList.toggle("current", number === step);
      box.classList.toggle("past", number < step);
      box.classList.toggle("future", step > 0 && number > step);
    }
    for (const curve of trace.section.querySelectorAll(".curve")) {
      curve.classList.toggle("lit", [curve.dataset.from, curve.dataset.to].includes(String(step)));
    }
    paintCode(trace, current, step === last);
    paintState(trace, current);
    trace.watch();
  }

  function paintCode(trace, current, ended) {
    for (const line of trace.lines.values()) {
      line.classList.remove("current", "wrong");
      line.querySelector(".who").replaceChildren();
    }
    const at = (place) => (place ? trace.lines.get(place.join(":")) : undefined);
    const where = trace.find(".where");
    where.replaceChildren();
    let focus = null;
    trace.data.at[trace.step].forEach((place, task) => {
      const name = trace.data.tasks[task];
      const line = at(place);
      const kind = "chip t" + (task % 8) + (current !== null && current.task === task ? " moved" : "");
      const all = make("button", name + " " + (line ? named(place) : "ended"), kind);
      all.type = "button";
      all.disabled = !line;
      where.append(all);
      if (!line) return;
      all.title = "show the line";
      all.addEventListener("click", () => center(trace.find(".code"), line));
      const chip = make("span", name, kind);
      chip.title = name + " goes on at this line";
      line.querySelector(".who").append(chip);
      focus = focus || line;
    });
    for (const place of current ? current.lines : []) {
      const line = at(place);
      if (!line) continue;
      line.classList.add("current");
      focus = line;
    }
    if (ended && at(trace.data.wrong)) {
      focus = at(trace.data.wrong);
      focus.classList.add("wrong");
    }
    if (focus) center(trace.find(".code"), focus);
  }

  function paintState(trace, current) {
    const all = trace.find("input[value=all]").checked;
    const body = trace.find(".state tbody");
    const changed = new Map((current ? current.changes : []).map(([name, old, now]) => [name, [old, now]]));
    body.replaceChildren();
    for (const [name, value] of all ? state(trace) : changed) {
      const row = make("tr", undefined, changed.has(name) && all ? "new" : "");
      const told = changed.has(name) ? changed.get(name).join(" -> ") : value;
      row.append(make("td", name), make("td", told));
      body.append(row);
    }
    if (!body.children.length) {
      const row = make("tr");
      row.append(make("td", current ? "nothing changes" : "the initial state", "nothing"));
      body.append(row);
    }
  }

  // Only the pane scrolls: the page stays where the reader has put it.
  function center(pane, thing, sideways) {
    const outer = pane.getBoundingClientRect();
    const inner = thing.getBoundingClientRect();
    if (inner.top < outer.top + 30 || inner.bottom > outer.bottom - 30) {
      pane.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
    }
    if (sideways && (inner.left < outer.left || inner.right > outer.right)) {
      pane.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    }
  }

  function show(trace, number) {
    active = trace;
    trace.step = Math.max(0, Math.min(trace.data.steps.length, number));
    paint(trace);
    const box = trace.find(".step.current rect");
    const end = trace.step === trace.data.steps.length ? trace.find(".end rect") : null;
    if (end) center(trace.find(".lanes"), end);
    if (box) center(trace.find(".lanes"), box, true);
    else trace.find(".lanes").scrollTop = 0;
    const part = trace.step ? "-step-" + trace.step : "";
    history.replaceState(null, "", "#trace-" + trace.data.trace + part);
  }

  function go(trace, word) {
    const last = trace.data.steps.length;
    show(trace, { first: 0, back: trace.step - 1, on: trace.step + 1, last: last }[word]);
  }

  function follow(first) {
    const found = /^#trace-(\d+)(?:-step-(\d+))?$/.exec(location.hash);
    const trace = found && traces.find((one) => one.data.trace === Number(found[1]));
    if (!trace) return;
    show(trace, Number(found[2] || (first ? 0 : trace.step)));
    (found[2] ? trace.find(".stage") : trace.section).scrollIntoView();
  }

  // The arrows move in the trace that was used last, or, once that is out of sight, in the first one in sight.
  function seen(trace) {
    const place = trace.section.getBoundingClientRect();
    return place.bottom > 60 && place.top < window.innerHeight;
  }

  document.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "text") return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const word = { ArrowLeft: "back", ArrowRight: "on" }[event.key];
    const trace = active && seen(active) ? active : traces.find(seen);
    if (!word || !trace) return;
    event.preventDefault();
    go(trace, word);
  });
  window.addEventListener("hashchange", () => follow(false));
  follow(true);
  return { known, traces, make, filled, center, seen, named };
})();
