// What pages gain with script: copy buttons, filter boxes, menus that close. Every page works without it.
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

  // <div data-tick-all><input></div>: ticks the boxes of the form's table, and shows whether all of them are.
  const offerTickAll = (place) => {
    const all = place.querySelector("input");
    const boxes = [...all.form.querySelectorAll("tbody input:enabled[type=checkbox]")];
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && !all.checked;
    };
    place.hidden = false;
    all.form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes) box.checked = all.checked;
      show();
    });
    window.addEventListener("pageshow", show); // a browser that goes back keeps what was ticked
  };

  // <div data-set-shown="ID">: one choice for the rows of that table that its filter leaves; theirs begin with the same options.
  const offerSetShown = (box) => {
    const choice = box.querySelector("select");
    box.hidden = false;
    choice.addEventListener("change", () => {
      for (const select of document.querySelectorAll(`#${box.dataset.setShown} tr:not([hidden]) select`)) {
        select.selectedIndex = choice.selectedIndex - 1;
      }
      choice.selectedIndex = 0;
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

  document.querySelectorAll("form[method=post]:not([data-file])").forEach(sendOnce);
  document.querySelectorAll("[data-copy]").forEach(offerCopy);
  document.querySelectorAll("[data-filter]").forEach(offerFilter);
  document.querySelectorAll("[data-set-shown]").forEach(offerSetShown);
  document.querySelectorAll("[data-tick-all]").forEach(offerTickAll);
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details.menu[open]");
    closeMenus();
    if (menu) menu.querySelector("summary").focus();
  });
})();
