(function () {
  const SVG = "http://www.w3.org/2000/svg";
  let active = null;

  function prepare(data) {
    const section = document.getElementById("explore-" + data.graph);
    const find = (selector) => section.querySelector(selector);
    const walk = { data, section, find, way: [{ state: 0, text: "the initial state", task: -1 }] };
    find(".controls").hidden = false;
    find(".walk").hidden = false;
    walk.depths = depths(data);
    walk.states = [];
    const files = new Set();
    for (const text of data.texts) {
      const known = /^(\d+):\d+$/.exec(text);
      if (known && document.getElementById("file-" + known[1])) files.add(Number(known[1]));
    }
    walk.lines = page.filled(find(".code"), files);
    find("[data-walk=start]").addEventListener("click", () => back(walk, 1));
    find("[data-walk=undo]").addEventListener("click", () => back(walk, walk.way.length - 1));
    for (const choice of section.querySelectorAll("input[type=radio]")) {
      choice.addEventListener("change", () => paint(walk));
    }
    walk.watch = watched.panel(find(".watch"), () => values(walk), () => {});
    jumps(walk);
    map(walk);
    paint(walk);
    return walk;
  }

  // The whole state, from what is different from the one before it.
  function whole(walk, number) {
    if (!walk.states[number]) {
      const [parent, ...pairs] = walk.data.states[number];
      const made = parent < 0 ? [] : [...whole(walk, parent)];
      for (let i = 0; i < pairs.length; i += 2) made[pairs[i]] = walk.data.texts[pairs[i + 1]];
      walk.states[number] = made;
    }
    return walk.states[number];
  }

  function values(walk) {
    const state = whole(walk, here(walk));
    return new Map(walk.data.names.map((name, i) => [name, state[i]]));
  }

  function here(walk) {
    return walk.way[walk.way.length - 1].state;
  }

  function choices(walk) {
    const flat = walk.data.edges[here(walk)];
    if (flat === null) return null;
    const found = [];
    for (let i = 0; i < flat.length; i += 3) {
      found.push({ state: flat[i], task: flat[i + 1], text: walk.data.texts[flat[i + 2]] });
    }
    return found;
  }

  function take(walk, choice) {
    active = walk;
    walk.way.push(choice);
    paint(walk);
  }

  function back(walk, length) {
    active = walk;
    walk.way.length = Math.max(1, length);
    paint(walk);
  }

  // Into a counterexample: the way is that of its first steps.
  function enter(walk, path, steps) {
    walk.way.length = 1;
    for (const state of path.slice(1, steps + 1)) {
      const found = (choices(walk) || []).find((one) => one.state === state);
      if (!found) break;
      walk.way.push(found);
    }
    active = walk;
    paint(walk);
  }

  function jumps(walk) {
    const select = walk.find(".jump select");
    for (const [number, path] of Object.entries(walk.data.traces)) {
      const trace = page.traces.find((one) => one.data.trace === Number(number));
      if (!trace) continue;
      const choice = page.make("option", trace.find(".what").textContent);
      choice.value = number;
      select.append(choice);
      const leave = trace.find(".leave");
      leave.hidden = false;
      leave.addEventListener("click", () => {
        enter(walk, path, Math.min(trace.step, path.length - 1));
        walk.section.scrollIntoView();
        walk.find(".choices button, [data-walk=undo]").focus();
      });
    }
    if (!select.children.length) return;
    walk.find(".jump").hidden = false;
    const first = page.make("option", "...");
    first.value = "";
    select.prepend(first);
    select.value = "";
    select.addEventListener("change", () => {
      const path = walk.data.traces[select.value];
      if (path) enter(walk, path, path.length - 1);
      select.value = "";
    });
  }

  function paint(walk) {
    const { data } = walk;
    const last = walk.way[walk.way.length - 1];
    const wrong = data.violated[last.state] || [];
    walk.find(".count").textContent = walk.way.length === 1 ? "start" : "step " + (walk.way.length - 1);
    walk.find(".now").textContent = wrong.length ? "violated here: " + wrong.join(", ") : last.text;
    walk.find(".now").classList.toggle("wrong", wrong.length > 0);
    walk.find("[data-walk=start]").disabled = walk.find("[data-walk=undo]").disabled = walk.way.length === 1;
    const list = walk.find(".choices");
    list.replaceChildren();
    const found = choices(walk);
    for (const choice of found || []) {
      const item = page.make("li");
      const button = page.make("button");
      button.type = "button";
      button.append(page.make("span", data.tasks[choice.task], "chip t" + (choice.task % 8)), " " + choice.text);
      if (data.violated[choice.state]) button.append(" ", page.make("span", "violates " + data.violated[choice.state].join(", "), "wrong"));
      button.addEventListener("click", () => {
        take(walk, choice);
        (walk.find(".choices button") || walk.find("[data-walk=undo]")).focus();
      });
      item.append(button);
      list.append(item);
    }
    if (!found) list.append(page.make("li", "the steps from here are not on this page", "nothing"));
    else if (!found.length) list.append(page.make("li", "nobody can step", "nothing"));
    const way = walk.find(".way");
    way.replaceChildren();
    walk.way.slice(1).forEach((step, i) => {
      const item = page.make("li");
      const button = page.make("button");
      button.type = "button";
      button.title = "back to the state after this step";
      button.append(page.make("span", data.tasks[step.task], "chip t" + (step.task % 8)), " " + step.text);
      button.addEventListener("click", () => back(walk, i + 2));
      item.append(button);
      way.append(item);
    });
    paintCode(walk, last);
    paintState(walk);
    walk.watch();
    for (const dot of walk.section.querySelectorAll(".map [data-state]")) {
      dot.classList.toggle("current", Number(dot.dataset.state) === last.state);
    }
  }

  function paintCode(walk, last) {
    for (const line of walk.lines.values()) {
      line.classList.remove("current");
      line.querySelector(".who").replaceChildren();
    }
    const state = whole(walk, last.state);
    const where = walk.find(".where");
    where.replaceChildren();
    let focus = null;
    walk.data.tasks.forEach((name, task) => {
      const place = state[walk.data.names.length + task];
      const line = walk.lines.get(place);
      const kind = "chip t" + (task % 8) + (task === last.task ? " moved" : "");
      where.append(page.make("span", name + " " + (place ? page.named(place.split(":")) : "ended"), kind));
      if (!line) return;
      line.querySelector(".who").append(page.make("span", name, kind));
      if (task === last.task || !focus) focus = line;
    });
    if (focus) page.center(walk.find(".code"), focus);
  }

  function paintState(walk) {
    const all = walk.find("input[value=all]").checked;
    const now = whole(walk, here(walk));
    const before = walk.way.length > 1 ? whole(walk, walk.way[walk.way.length - 2].state) : now;
    const body = walk.find(".state tbody");
    body.replaceChildren();
    walk.data.names.forEach((name, i) => {
      const moved = now[i] !== before[i];
      if (!all && !moved) return;
      const row = page.make("tr", undefined, moved && all ? "new" : "");
      row.append(page.make("td", name), page.make("td", moved ? before[i] + " -> " + now[i] : now[i]));
      body.append(row);
    });
    if (!body.children.length) {
      const row = page.make("tr");
      row.append(page.make("td", "nothing changes", "nothing"));
      body.append(row);
    }
  }

  function depths(data) {
    const found = new Map([[0, 0]]);
    const todo = [0];
    for (const state of todo) {
      const flat = data.edges[state] || [];
      for (let i = 0; i < flat.length; i += 3) {
        if (!found.has(flat[i])) {
          found.set(flat[i], found.get(state) + 1);
          todo.push(flat[i]);
        }
      }
    }
    return found;
  }

  function drawn(name, attributes) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  // A small graph as a picture: a row for each number of steps from the start.
  function map(walk) {
    const picture = walk.find(".map");
    if (!picture) return;
    const rows = [];
    for (const [state, depth] of walk.depths) (rows[depth] = rows[depth] || []).push(state);
    const wide = Math.max(...rows.map((row) => row.length));
    const at = new Map();
    rows.forEach((row, depth) => row.forEach((state, i) => at.set(state, [(wide * 34 * (i + 0.5)) / row.length, depth * 40 + 18])));
    picture.setAttribute("viewBox", "0 0 " + wide * 34 + " " + (rows.length * 40 - 4));
    picture.style.maxWidth = wide * 34 * 1.4 + "px";
    walk.data.edges.forEach((flat, from) => {
      for (let i = 0; i < flat.length; i += 3) {
        const [x1, y1] = at.get(from);
        const [x2, y2] = at.get(flat[i]);
        const bend = y2 > y1 ? 0 : 22;
        const path = "M" + x1 + " " + y1 + " Q" + ((x1 + x2) / 2 + bend) + " " + (y1 + y2) / 2 + " " + x2 + " " + y2;
        const edge = drawn("path", { d: path, class: "edge t" + (flat[i + 1] % 8) });
        const title = drawn("title", {});
        title.textContent = walk.data.tasks[flat[i + 1]] + ": " + walk.data.texts[flat[i + 2]];
        edge.append(title);
        picture.append(edge);
      }
    });
    for (const [state, [x, y]] of at) {
      const kind = walk.data.violated[state] ? "wrong" : walk.data.edges[state].length ? "" : "last";
      const dot = drawn("g", { "data-state": state, class: kind });
      const title = drawn("title", {});
      title.textContent = walk.data.names.map((name, i) => name + " = " + whole(walk, state)[i]).join("\n");
      const label = drawn("text", { x, y: y + 3.5, "text-anchor": "middle" });
      label.textContent = state;
      dot.append(title, drawn("circle", { cx: x, cy: y, r: 11 }), label);
      dot.addEventListener("click", () => arrive(walk, state));
      picture.append(dot);
    }
  }

  // To a state by a shortest way.
  function arrive(walk, state) {
    const before = new Map([[0, null]]);
    const todo = [0];
    for (const one of todo) {
      const flat = walk.data.edges[one] || [];
      for (let i = 0; i < flat.length; i += 3) {
        if (before.has(flat[i])) continue;
        before.set(flat[i], { from: one, state: flat[i], task: flat[i + 1], text: walk.data.texts[flat[i + 2]] });
        todo.push(flat[i]);
      }
    }
    const way = [];
    for (let step = before.get(state); step; step = before.get(step.from)) way.unshift(step);
    walk.way.length = 1;
    walk.way.push(...way);
    active = walk;
    paint(walk);
  }

  for (const graph of page.known.graphs) prepare(graph);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target instanceof HTMLInputElement && event.target.type === "text") return;
    const walk = active && page.seen(active) ? active : null;
    if (!walk) return;
    if (event.key === "u") back(walk, walk.way.length - 1);
    const choice = /^[1-9]$/.test(event.key) ? (choices(walk) || [])[Number(event.key) - 1] : undefined;
    if (choice) take(walk, choice);
  });
})();
