"use strict";
// Expressions that a reader watches, over the values of a state: names as the page shows them, numbers, members,
// `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `+`, `-`, `not`, `and`, `or`, `implies` and parentheses.
const watched = (function () {
  const TOKEN = /\s*(?:(\d+)|(==|!=|<=|>=|[<>+\-(){},])|([A-Za-z_]\w*(?:\[[^\]]*\])*(?:\.\w+(?:\[[^\]]*\])*)*))/y;
  const LEVELS = [["implies"], ["or"], ["and"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"]];
  const all = [];
  const panels = [];

  function tokens(text) {
    const found = [];
    TOKEN.lastIndex = 0;
    while (text.slice(TOKEN.lastIndex).trim()) {
      const match = TOKEN.exec(text);
      if (!match) throw new Error("cannot be read");
      found.push(match[1] ? { number: Number(match[1]) } : match[2] ? { word: match[2] } : { word: match[3], name: true });
    }
    return found;
  }

  function truth(value) {
    if (typeof value !== "boolean") throw new Error("is no truth");
    return value;
  }

  function given(text) {
    if (text === "True" || text === "False") return text === "True";
    if (/^-?\d+$/.test(text)) return Number(text);
    if (text === "set()") return new Set();
    if (text.startsWith("{")) return new Set(text.slice(1, -1).split(", "));
    return text;
  }

  function shown(value) {
    if (value === true || value === false) return value ? "True" : "False";
    return value instanceof Set ? "{" + [...value].join(", ") + "}" : String(value);
  }

  function evaluated(text, values) {
    const list = tokens(text);
    let at = 0;
    const next = () => (at < list.length ? list[at].word : undefined);

    function level(depth) {
      if (depth === LEVELS.length) return unary();
      let left = level(depth + 1);
      while (LEVELS[depth].includes(next())) {
        const word = list[at++].word;
        left = applied(word, left, level(word === "implies" ? depth : depth + 1));
      }
      return left;
    }

    function unary() {
      if (next() === "not") {
        at += 1;
        return !truth(level(3));
      }
      if (next() === "-") {
        at += 1;
        return -unary();
      }
      if (next() === "(") {
        at += 1;
        const inner = level(0);
        if (next() !== ")") throw new Error("`)` is missing");
        at += 1;
        return inner;
      }
      const one = list[at++];
      if (one === undefined) throw new Error("ends too early");
      if (one.number !== undefined) return one.number;
      if (!one.name) throw new Error("`" + one.word + "` cannot stand here");
      if (values.has(one.word)) return given(values.get(one.word));
      if (["True", "False", "None", "set"].includes(one.word) || !/[.[]/.test(one.word)) return given(one.word);
      throw new Error("there is no `" + one.word + "`");
    }

    function applied(word, a, b) {
      switch (word) {
        case "==": return shown(a) === shown(b);
        case "!=": return shown(a) !== shown(b);
        case "<": return a < b;
        case "<=": return a <= b;
        case ">": return a > b;
        case ">=": return a >= b;
        case "+": return a + b;
        case "-": return a - b;
        case "in": return b instanceof Set && b.has(shown(a));
        case "and": return truth(a) && truth(b);
        case "or": return truth(a) || truth(b);
        default: return !truth(a) || truth(b);
      }
    }

    const value = level(0);
    if (at < list.length) throw new Error("`" + list[at].word + "` cannot stand here");
    return shown(value);
  }

  function told(text, values) {
    try {
      return evaluated(text, values);
    } catch (fault) {
      return "(" + fault.message + ")";
    }
  }

  function panel(place, values, changed) {
    const form = document.createElement("form");
    const input = document.createElement("input");
    const list = document.createElement("table");
    input.type = "text";
    input.placeholder = "watch an expression, x == 1 and y";
    input.setAttribute("aria-label", "watch an expression");
    form.append(input);
    place.append(list, form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) all.push(input.value.trim());
      input.value = "";
      for (const one of panels) one();
      changed();
    });
    const paint = () => {
      list.replaceChildren();
      all.forEach((text, number) => {
        const row = list.insertRow();
        row.insertCell().textContent = text;
        row.insertCell().textContent = told(text, values());
        const drop = document.createElement("button");
        drop.type = "button";
        drop.textContent = "x";
        drop.title = "watch it no longer";
        drop.addEventListener("click", () => {
          all.splice(number, 1);
          for (const one of panels) one();
        });
        row.insertCell().append(drop);
      });
    };
    panels.push(paint);
    return paint;
  }

  return { panel, told };
})();
