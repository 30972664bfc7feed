// Filter, fold, link: comforts only, the page is whole without them.
(() => {
  const sheets = [...document.querySelectorAll(".sheet")];
  const rows = new Map([...document.querySelectorAll("tr[data-entry]")].map((row) => [row.dataset.entry, row]));
  const texts = new Map(sheets.map((sheet) => [sheet, sheet.textContent.toLowerCase()]));
  const find = (id) => document.getElementById(id);

  function filter() {
    const verdict = find("filter-verdict").value;
    const words = find("filter-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const sheet of sheets) {
      const fits = (!verdict || sheet.dataset.verdict === verdict) && words.every((word) => texts.get(sheet).includes(word));
      sheet.hidden = !fits;
      rows.get(sheet.id).hidden = !fits;
      shown += fits;
    }
    // A family of which nothing is left would be a heading over nothing.
    for (const family of document.querySelectorAll(".family")) family.hidden = !family.querySelector(".sheet:not([hidden])");
    for (const group of document.querySelectorAll(".summary tbody")) group.hidden = !group.querySelector("tr[data-entry]:not([hidden])");
    const told = find("filter-count");
    told.textContent = shown === sheets.length ? "" : told.dataset.said.replace("%1", shown).replace("%2", sheets.length);
  }

  function fold(open) {
    for (const part of document.querySelectorAll("details")) part.open = open;
  }

  function reveal() {
    const target = location.hash.length > 1 && find(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) {
      part.hidden = false;
      if (part.tagName === "DETAILS") part.open = true;
    }
    target.querySelector(":scope > details")?.setAttribute("open", "");
    target.scrollIntoView();
  }

  find("filter").hidden = false;
  find("filter").addEventListener("submit", (event) => event.preventDefault());
  find("filter-verdict").addEventListener("change", filter);
  find("filter-text").addEventListener("input", filter);
  find("unfold").addEventListener("click", () => fold(true));
  find("fold").addEventListener("click", () => fold(false));
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => fold(true));
  reveal();
})();
