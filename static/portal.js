// What pages gain with script: copy buttons, filter boxes, menus that close, errors that go, a question before a token is lost. Every page works without it.
(() => {
  "use strict";

  const select = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  // navigator.clipboard is missing on plain http to another machine: select, then ask the browser, then the reader.
  const copy = async (node) => {
    try {
      await navigator.clipboard.writeText(node.textContent);
      return "Copied";
    } catch {
      select(node);
      return document.execCommand("copy") ? "Copied" : "Selected: press Ctrl+C";
    }
  };

  const offerCopy = (block) => {
    const button = block.querySelector("[data-copy-button]");
    const word = button.querySelector("[data-copy-word]");
    const first = word.textContent;
    let timer;
    button.hidden = false;
    button.addEventListener("click", async () => {
      word.textContent = await copy(block.querySelector("code"));
      if (word.textContent === "Copied") block.dispatchEvent(new CustomEvent("copied", { bubbles: true }));
      button.classList.add("done");
      clearTimeout(timer);
      timer = setTimeout(() => {
        word.textContent = first;
        button.classList.remove("done");
      }, 2500);
    });
  };

  // <input data-filter="ID">: shows only the items (rows, list items) of that element whose text holds every word typed.
  const offerFilter = (box) => {
    const target = document.getElementById(box.dataset.filter);
    const items = target.tBodies ? [...target.tBodies].flatMap((body) => [...body.rows]) : [...target.children];
    const count = document.getElementById(`${box.id}-count`);
    const apply = () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const text = item.textContent.toLowerCase();
        item.hidden = !words.every((word) => text.includes(word));
        shown += item.hidden ? 0 : 1;
      }
      count.textContent = words.length ? `${shown} of ${items.length} shown` : "";
    };
    box.closest("[data-filter-box]").hidden = false;
    box.addEventListener("input", apply);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // a filter box never sends the form it stands in
    });
    if (box.value) apply();
  };

  // <div data-tick-all="SELECTOR"><input></div>: ticks these boxes, or those of the form's table, and shows whether all of them are.
  const offerTickAll = (place) => {
    const all = place.querySelector("input");
    const boxes = () => [...all.form.querySelectorAll(place.dataset.tickAll || "tbody input:enabled[type=checkbox]")];
    const show = () => {
      const ticked = boxes().map((box) => box.checked);
      all.checked = ticked.length > 0 && ticked.every(Boolean);
      all.indeterminate = !all.checked && ticked.some(Boolean);
    };
    place.hidden = false;
    all.form.addEventListener("input", (event) => {
      if (event.target === all) for (const box of boxes()) box.checked = all.checked;
      show();
    });
    window.addEventListener("pageshow", show); // a browser that goes back keeps what was ticked
  };

  // <select data-scope="ACTION">: the ticks of single objects are sent while it says "Only chosen", and only then.
  const offerScope = (select) => {
    const set = () => {
      for (const box of select.closest("tbody").querySelectorAll(`.of-${select.dataset.scope} input`)) {
        box.disabled = !select.value.endsWith("=chosen");
      }
    };
    select.addEventListener("input", set);
    window.addEventListener("pageshow", set); // a browser that goes back keeps what was chosen
  };

  // <div data-summary>: what the server makes of its form as it stands, a moment after each change; without an answer the button stays.
  const offerSummary = (place) => {
    const form = place.closest("form");
    const button = form.querySelector("[data-summary-button]");
    let timer;
    const refresh = async () => {
      const values = new URLSearchParams(new FormData(form));
      values.set("step", "summary");
      const sent = (timer = {});
      const answer = await fetch("", { method: "POST", body: values, redirect: "error" }).catch(() => null);
      if (sent !== timer) return; // something changed meanwhile
      button.hidden = answer?.ok ?? false;
      if (answer?.ok) place.innerHTML = await answer.text();
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, 300);
    };
    form.addEventListener("input", wait);
    window.addEventListener("pageshow", wait);
  };

  // What is wrong with a field is said until something else is entered there; then its line in the summary of errors goes, too.
  const forgetError = (field) => {
    field.addEventListener("input", (event) => {
      if (!event.target.name || !field.classList.contains("failed")) return;
      field.classList.remove("failed");
      for (const wrong of field.querySelectorAll(".wrong")) wrong.remove();
      for (const input of field.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
      const ids = [field.id, ...[...field.querySelectorAll("[id]")].map((node) => node.id)];
      const summary = document.querySelector("[aria-labelledby=error-summary]");
      for (const link of summary?.querySelectorAll("a") ?? []) {
        if (ids.includes(link.hash.slice(1))) link.closest("li").remove();
      }
      if (summary) summary.hidden = !summary.querySelector("li");
    });
  };

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };

  // A double click would send a form twice, and the second answer would hide the first, which may show a token.
  // A form that is answered with a file stays, and may be sent again.
  const sendOnce = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
    window.addEventListener("pageshow", () => delete form.dataset.sent);
  };

  // <form data-ask-before-leaving><input name="token">: the page shows a token that no other page will. Leaving it asks first, until the token
  // was copied, by a button or by hand, downloaded by this form, or a link in [data-leave] says that it was.
  const askBeforeLeaving = (form) => {
    const token = form.elements.token.value;
    const ask = (event) => {
      event.preventDefault();
      event.returnValue = true; // for browsers that don't ask otherwise
    };
    const stop = () => window.removeEventListener("beforeunload", ask);
    const stopIfIn = (text) => text.includes(token) && stop();
    window.addEventListener("beforeunload", ask);
    form.addEventListener("submit", stop);
    document.addEventListener("copied", (event) => stopIfIn(event.target.querySelector("code").textContent));
    document.addEventListener("copy", () => stopIfIn(window.getSelection().toString()));
    for (const place of document.querySelectorAll("[data-leave]")) place.addEventListener("click", stop);
  };

  document.querySelectorAll("form[method=post]:not([data-file])").forEach(sendOnce);
  document.querySelectorAll("[data-copy]").forEach(offerCopy);
  document.querySelectorAll("[data-ask-before-leaving]").forEach(askBeforeLeaving);
  document.querySelectorAll("[data-filter]").forEach(offerFilter);
  document.querySelectorAll(".failed").forEach(forgetError);
  document.querySelectorAll("[data-scope]").forEach(offerScope);
  document.querySelectorAll("[data-summary]").forEach(offerSummary);
  document.querySelectorAll("[data-tick-all]").forEach(offerTickAll);
  // On a narrow screen a row of tabs scrolls sideways: the present one is brought into sight.
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const row = tab.closest("ul");
    row.scrollLeft = tab.offsetLeft + tab.offsetWidth - row.offsetLeft - row.clientWidth + 1; // offsets are rounded
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details.menu[open]");
    closeMenus();
    if (menu) menu.querySelector("summary").focus();
  });
})();
