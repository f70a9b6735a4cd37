// The query page with a script: an editor with colours and completion, and answers without a new page.
// Without a script the form does the same; every answer shown here is the server's own page of the query's address.
"use strict";

const form = document.querySelector("form.query");
const field = form.querySelector("textarea");
const answer = document.getElementById("answer");
const status = document.getElementById("status");
const stop = document.getElementById("stop");
// What the page says, in its language.
const texts = form.dataset;
let running = null;
let marked = null;

// --- Editor ------------------------------------------------------------------------------------------------------------------

function openEditor(words) {
  const Yasqe = window.Yasgui.Yasqe;
  // Only what is named here completes: the others would ask servers elsewhere.
  Yasqe.defaults.autocompleters = ["variables"];
  if (words) registerWords(Yasqe, words);
  const place = document.createElement("div");
  place.className = "editor";
  field.before(place);
  const editor = new Yasqe(place, {
    value: field.value.trim(),
    persistenceId: null,
    createShareableLink: null,
    consumeShareLink: null,
    showQueryButton: false,
    resizeable: false,
    editorHeight: "auto",
    hintConfig: { closeOnUnfocus: true },
    // Tab leaves the editor, as it leaves any field.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-S": false, "Ctrl-Enter": run, "Cmd-Enter": run },
  });
  const input = editor.getInputField();
  input.setAttribute("aria-label", form.querySelector("label[for='query']").textContent);
  input.setAttribute("aria-describedby", "keys");
  input.id = "query-editor";
  form.querySelector("label[for='query']").htmlFor = input.id;
  const hadFocus = document.activeElement === field;
  field.hidden = true;
  // A hidden field that must be filled would stop the form silently.
  field.required = false;
  document.getElementById("keys").hidden = false;
  editor.on("change", () => {
    field.value = editor.getValue();
    unmark(editor);
  });
  field.value = editor.getValue();
  if (hadFocus) editor.focus();
  return editor;
}

function registerWords(Yasqe, words) {
  const prefixes = Object.entries(words.prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort();
  Yasqe.forkAutocompleter("prefixes", { name: "our-prefixes", get: prefixes, persistenceId: null });
  for (const [name, terms] of [["property", words.properties], ["class", words.classes]]) {
    const byIri = new Map(terms.map((term) => [term.iri, term]));
    Yasqe.forkAutocompleter(name, {
      name: `our-${name}`,
      bulk: false,
      persistenceId: null,
      get: (editor) => find(terms, wordAt(editor).text),
      postProcessSuggestion: (editor, token, iri) => iri,
      postprocessHints: (editor, hints) => hints.map((hint) => toHint(editor, hint, byIri.get(hint.text), words)),
    });
  }
}

// The word at the cursor, by its letters: half a word is no token of the language.
function wordAt(editor) {
  const { line, ch } = editor.getDoc().getCursor();
  const text = editor.getDoc().getLine(line);
  const before = /(?:<[^>\s]*|[\w:.-]*)$/.exec(text.slice(0, ch))[0];
  const after = /^[\w-]*>?/.exec(text.slice(ch))[0].length;
  return { text: before, from: { line, ch: ch - before.length }, to: { line, ch: ch + after } };
}

// Terms whose prefixed name, IRI or label holds what was typed; those that begin with it come first, then the most used.
function find(terms, word) {
  const typed = word.replace(/^</, "").toLowerCase();
  const begins = (term) => term.name.toLowerCase().startsWith(typed) || term.label.toLowerCase().startsWith(typed);
  const local = typed.slice(typed.indexOf(":") + 1);
  const fits = (term) =>
    term.name.toLowerCase().includes(typed) || term.iri.toLowerCase().includes(typed) || term.label.toLowerCase().includes(typed) ||
    (local.length > 1 && !typed.includes("//") && term.label.toLowerCase().includes(local));
  const found = terms.filter(fits);
  return [...found.filter(begins), ...found.filter((term) => !begins(term))].slice(0, 50).map((term) => term.iri);
}

// Shows a term by its name, label and use; writes it with the query's own prefix, and adds the prefix where it is missing.
function toHint(editor, hint, term, words) {
  const { from, to } = wordAt(editor);
  const text = prefixed(term, { ...words.prefixes, ...editor.getPrefixesFromQuery() });
  const count = term.count ? ` (${term.count.toLocaleString(document.documentElement.lang)})` : "";
  return { ...hint, text, from, to, displayText: `${term.name} · ${term.label}${count}`, hint: (cm, data, picked) => pick(editor, picked, words) };
}

function prefixed(term, prefixes) {
  for (const [prefix, iri] of Object.entries(prefixes)) {
    if (iri && term.iri.startsWith(iri) && /^[\w-]+$/.test(term.iri.slice(iri.length))) return `${prefix}:${term.iri.slice(iri.length)}`;
  }
  return `<${term.iri}>`;
}

function pick(editor, picked, words) {
  editor.getDoc().replaceRange(picked.text, picked.from, picked.to, "complete");
  const prefix = picked.text.startsWith("<") ? null : picked.text.split(":")[0];
  if (prefix !== null && !(prefix in editor.getPrefixesFromQuery())) editor.addPrefixes({ [prefix]: words.prefixes[prefix] });
}

// --- Answers -----------------------------------------------------------------------------------------------------------------

function permalink() {
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) url.searchParams.append(name, value);
  return url;
}

async function run() {
  if (running) running.abort();
  const own = (running = new AbortController());
  const url = permalink();
  unmark(editor);
  say(texts.running, true);
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" }, signal: own.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    show(page);
    if (response.ok && url.href !== location.href) {
      document.title = page.title;
      history.pushState(null, "", url);
    }
  } catch (error) {
    if (error.name !== "AbortError") showProblem(texts.noAnswer, texts.unreachable);
    else if (running === own) say(texts.stopped, false);
  } finally {
    if (running === own) running = null;
  }
}

// Takes the answer out of the query page; an error that the page does not know is a page of its own.
function show(page) {
  const shown = page.getElementById("answer");
  if (!shown) {
    showProblem(page.querySelector("h1").textContent, page.querySelector("main > p").textContent);
    return;
  }
  answer.replaceChildren(...document.adoptNode(shown).childNodes);
  markProblem();
  const summary = [...answer.querySelectorAll("[data-summary]")].map((each) => each.textContent.replace(/\s+/g, " ").trim());
  say(summary.join(": ") || texts.done, false);
  answer.scrollIntoView({ block: "nearest" });
}

function showProblem(title, detail) {
  const section = document.createElement("section");
  section.className = "problem";
  section.append(Object.assign(document.createElement("h2"), { textContent: title }));
  section.append(Object.assign(document.createElement("p"), { textContent: detail }));
  answer.replaceChildren(section);
  say(`${title}: ${detail}`, false);
}

// Marks the line where the query does not parse, and offers the way there.
function markProblem() {
  const problem = answer.querySelector("[data-line]");
  if (!problem) return;
  const line = Math.min(Number(problem.dataset.line), editor.getDoc().lineCount());
  const column = Number(problem.dataset.column) || 1;
  marked = editor.getDoc().addLineClass(line - 1, "background", "failed-line");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: texts.goToLine.replace("{line}", line) });
  button.addEventListener("click", () => {
    editor.getDoc().setCursor({ line: line - 1, ch: column - 1 });
    editor.focus();
  });
  problem.append(button);
}

function unmark(editor) {
  if (marked) editor.getDoc().removeLineClass(marked, "background", "failed-line");
  marked = null;
}

function say(text, isRunning) {
  status.textContent = text;
  stop.hidden = !isRunning;
}

// --- Start -------------------------------------------------------------------------------------------------------------------

async function readWords() {
  try {
    const response = await fetch(form.dataset.words);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

let editor = null;
readWords().then((words) => {
  editor = openEditor(words);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  stop.addEventListener("click", () => running && running.abort());
  // The address says which query is shown: let the server show it.
  window.addEventListener("popstate", () => location.reload());
  markProblem();
  form.dataset.ready = "true";
});
