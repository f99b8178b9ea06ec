"use strict";
(() => {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const field = (name) => form.elements[name];
  const key = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim().toLowerCase();
  const text = rows.map((row) => `${row.cells[0].textContent} ${row.dataset.id}`.toLowerCase());
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;

  function filter() {
    const words = field("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const task = field("task").value;
    const only = ["person", "late", "adjusted"].filter((name) => field(name).checked);
    let count = 0;
    rows.forEach((row, place) => {
      const fits =
        words.every((word) => text[place].includes(word)) &&
        (!task || row.dataset.lost.split(" ").includes(task)) &&
        only.every((name) => row.dataset.marks.split(" ").includes(name));
      row.hidden = !fits;
      count += fits;
    });
    shown.textContent = `${count} of ${rows.length} shown`;
  }

  function sort(header) {
    const column = header.cellIndex;
    const numbers = header.classList.contains("num");
    const before = header.getAttribute("aria-sort");
    const down = before ? before === "ascending" : numbers && column > 0;
    const keys = new Map(rows.map((row) => [row, key(row, column)]));
    const order = numbers
      ? (a, b) => Number(keys.get(a)) - Number(keys.get(b))
      : (a, b) => compare(keys.get(a), keys.get(b));
    const sorted = rows.slice().sort((a, b) => (down ? order(b, a) : order(a, b)));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...sorted);
  }

  function follow() {
    const asked = location.hash.match(/^#lost=([a-z0-9_]+)$/);
    if (!asked) return;
    form.reset();
    field("task").value = asked[1];
    filter();
    document.getElementById("submissions").scrollIntoView();
  }

  for (const header of table.tHead.rows[0].cells) {
    header.querySelector("button").addEventListener("click", () => sort(header));
  }
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  form.hidden = false;
  filter();
  follow();
})();
