// Mounts GraphiQL over the form. The pasted key lives in its field alone: nothing here or in GraphiQL writes to the browser's storage.
(() => {
  "use strict";

  if (!window.GraphiQL) {
    document.documentElement.classList.add("plain"); // the form does without
    return;
  }
  const root = document.getElementById("graphiql");
  const key = document.getElementById("key");
  const status = document.getElementById("run-status");
  const form = document.getElementById("run-form");
  const runAs = document.getElementById("run-as"); // for admins: one of their keys, as which the server runs without its token

  const memory = new Map();
  const storage = {
    getItem: (name) => memory.get(name) ?? null,
    setItem: (name, value) => void memory.set(name, value),
    removeItem: (name) => void memory.delete(name),
    clear: () => memory.clear(),
    get length() {
      return memory.size;
    },
  };

  const report = (response, text, answer, began) => {
    const cost = answer.extensions?.cost;
    const parts = [`${response.status} ${response.statusText}`.trim(), `${Math.round(performance.now() - began)} ms`];
    parts.push(text.length < 1024 ? `${text.length} B` : `${(text.length / 1024).toFixed(1)} kB`);
    if (cost) parts.push(`cost ${cost.actual ?? cost.requested}`);
    status.textContent = `Last answer: ${parts.join(" · ")}`;
  };

  const read = (text, code) => {
    try {
      return JSON.parse(text);
    } catch {
      return { errors: [{ message: `The server answered ${code} without JSON. Try again in a moment.` }] };
    }
  };

  const send = (params) => {
    const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
    const token = key.value.trim();
    if (token) headers.Authorization = `Bearer ${token}`;
    return fetch(root.dataset.endpoint, { method: "POST", credentials: "omit", headers, body: JSON.stringify(params) });
  };

  const sendAsKey = (params) => {
    if (params.operationName === "IntrospectionQuery") return fetch(root.dataset.schema, { credentials: "omit" }); // the same for everybody
    const headers = { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value };
    const body = JSON.stringify({ ...params, runAs: runAs.value });
    return fetch(root.dataset.run, { method: "POST", credentials: "same-origin", headers, body });
  };

  const ask = async (params) => {
    const began = performance.now();
    const response = await (runAs?.value ? sendAsKey(params) : send(params));
    const text = await response.text();
    const answer = read(text, response.status);
    if (params.operationName === "IntrospectionQuery") schemaIsMissing = !answer.data;
    else report(response, text, answer, began);
    return answer;
  };

  let schemaIsMissing = false;
  const view = ReactDOM.createRoot(root);
  const show = () =>
    view.render(
      React.createElement(GraphiQL, {
        fetcher: (params) => ask(params), // a new function makes GraphiQL ask for the schema again
        storage,
        defaultQuery: form.elements.query.value,
        variables: form.elements.variables.value,
        defaultEditorToolsVisibility: form.elements.variables.value ? "variables" : false,
        isHeadersEditorEnabled: false,
        showPersistHeadersSettings: false,
      }),
    );

  // GraphiQL leaves its text areas without names, keeps the Tab key, and puts buttons into tabs.
  const NAMES = { ".graphiql-query-editor": "Query", ".graphiql-editor-tool": "Variables", ".result-window": "Answer" };
  const scrollByKey = (textArea, scroller) => {
    textArea.tabIndex = -1;
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "region");
    scroller.setAttribute("aria-label", "Answer");
  };
  const mend = () => {
    for (const [place, name] of Object.entries(NAMES)) {
      const textArea = root.querySelector(`${place} textarea:not([aria-label])`);
      if (!textArea) continue;
      textArea.setAttribute("aria-label", name);
      const editor = textArea.closest(".CodeMirror").CodeMirror;
      editor.setOption("lineWrapping", true);
      if (name === "Answer") scrollByKey(textArea, editor.getScrollerElement());
      else {
        editor.addKeyMap({ Tab: false, "Shift-Tab": false });
        editor.getScrollerElement().tabIndex = 0; // a long query must be scrollable by keys
      }
    }
    root.querySelector(".graphiql-tabs")?.removeAttribute("role");
    for (const tab of root.querySelectorAll(".graphiql-tab")) {
      tab.removeAttribute("role");
      tab.removeAttribute("aria-selected");
    }
  };

  const load = (event) => {
    const { CodeMirror: editor } = document.querySelector(".graphiql-query-editor .CodeMirror") ?? {};
    if (!editor || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    editor.setValue(new URL(event.currentTarget.href).searchParams.get("query"));
    editor.focus();
    root.scrollIntoView({ block: "nearest" });
  };

  const choose = () => {
    document.getElementById("key-field").hidden = Boolean(runAs?.value); // a key that is chosen needs no token
    if (schemaIsMissing) show();
  };

  key.value = ""; // a browser may keep it over a reload
  key.addEventListener("change", () => schemaIsMissing && show());
  document.querySelectorAll("[data-example]").forEach((link) => link.addEventListener("click", load));
  for (const node of [form, document.getElementById("answer")]) if (node) node.hidden = true;
  new MutationObserver(mend).observe(root, { childList: true, subtree: true });
  runAs?.addEventListener("change", choose);
  choose();
  show();
})();
