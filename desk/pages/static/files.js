// Files of a form: dropped or chosen, listed, checked before they are sent, sent with progress. Without this file the
// plain input does the same in the browser's own way.
(() => {
  "use strict";
  const language = document.documentElement.lang;
  const units = [[2 ** 20, "megabyte"], [2 ** 10, "kilobyte"], [1, "byte"]];
  const size = (bytes) => {
    const [least, unit] = units.find(([from]) => bytes >= from) ?? units[2];
    const one = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
    return one.format(bytes / least);
  };
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const make = (tag, more) => Object.assign(document.createElement(tag), more);

  class Files {
    constructor(form, kept = []) {
      this.form = form;
      this.zone = form.querySelector("[data-drop]");
      this.input = this.zone.querySelector("input[type=file]");
      this.says = this.zone.dataset;
      this.chosen = [];
      this.list = make("ul", { className: "chosen" });
      this.drop = make("span", { className: "hint", textContent: this.says.dropHere });
      this.status = make("span", { className: "upload" });
      this.status.setAttribute("role", "status");
      this.input.before(this.drop);
      this.zone.after(this.list, this.status);
      this.zone.classList.add("drop");
      this.input.addEventListener("change", () => this.add([...this.input.files]));
      for (const name of ["dragenter", "dragover", "dragleave", "drop"]) this.zone.addEventListener(name, (event) => this.dragged(event));
      form.addEventListener("submit", (event) => this.send(event));
      if (kept.length) this.add(kept);
    }

    dragged(event) {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      const inside = event.type === "dragleave" && this.zone.contains(event.relatedTarget);
      this.zone.classList.toggle("over", event.type === "dragenter" || event.type === "dragover" || inside);
      if (event.type === "drop") this.add([...event.dataTransfer.files]);
    }

    add(files) {
      const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
      const refused = [];
      for (const file of files) {
        const fault = this.fault(file);
        if (fault) refused.push(fault);
        else if (!this.chosen.some((other) => same(file, other))) this.chosen.push(file);
      }
      this.show(refused.join(" "), refused.length > 0);
    }

    fault(file) {
      const values = { name: file.name, limit: size(Number(this.says.fileBytes)), total: size(Number(this.says.totalBytes)), endings: this.input.accept.split(",").join(" ") };
      if (!this.input.accept.split(",").some((ending) => file.name.toLowerCase().endsWith(ending))) return fill(this.says.badEnding, values);
      if (!file.size) return fill(this.says.empty, values);
      const together = this.chosen.reduce((sum, each) => sum + each.size, file.size);
      if (file.size > Number(this.says.fileBytes) || together > Number(this.says.totalBytes)) return fill(this.says.tooLarge, values);
      return null;
    }

    remove(file) {
      const at = this.chosen.indexOf(file);
      this.chosen.splice(at, 1);
      this.show(fill(this.says.removed, { name: file.name }));
      (this.list.querySelectorAll("button")[at] ?? this.input).focus();
    }

    show(message, bad = false) {
      const held = new DataTransfer();
      for (const file of this.chosen) held.items.add(file);
      this.input.files = held.files;
      this.list.replaceChildren(...this.chosen.map((file) => this.row(file)));
      const sum = this.chosen.reduce((bytes, each) => bytes + each.size, 0);
      const count = this.chosen.length ? fill(this.says.count, { number: this.chosen.length, size: size(sum) }) : "";
      this.tell([message, count].filter(Boolean).join(" "), bad);
    }

    row(file) {
      const row = make("li", { className: "line" });
      const button = make("button", { type: "button", className: "quiet-button", textContent: this.says.remove });
      button.append(make("span", { className: "hidden", textContent: ` ${file.name}` }));
      button.addEventListener("click", () => this.remove(file));
      row.append(make("span", { className: "file", textContent: file.name }), make("span", { className: "quiet", textContent: size(file.size) }), button);
      return row;
    }

    tell(message, bad = false) {
      this.status.textContent = message;
      this.status.classList.toggle("bad", bad);
    }

    send(event) {
      if (!this.chosen.length) return; // nothing to wait for: the browser sends the form itself
      event.preventDefault();
      const body = new FormData(this.form);
      if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value);
      const buttons = [...this.form.querySelectorAll("button")];
      const bar = make("progress", { max: 100, value: 0 });
      bar.setAttribute("aria-label", this.says.sending);
      this.tell(this.says.sending);
      this.list.after(bar);
      for (const each of buttons) each.disabled = true;
      const request = new XMLHttpRequest();
      const done = (message) => {
        bar.remove();
        for (const each of buttons) each.disabled = false;
        this.tell(message, true);
        event.submitter?.focus();
      };
      request.open("POST", window.location.href);
      request.upload.addEventListener("progress", (sent) => {
        if (sent.lengthComputable) bar.value = (100 * sent.loaded) / sent.total;
      });
      request.addEventListener("error", () => done(this.says.failed));
      request.addEventListener("load", () => this.answered(request, done));
      request.responseType = "document";
      request.send(body);
    }

    answered(request, done) {
      const page = request.response;
      const moved = request.responseURL && new URL(request.responseURL).pathname !== window.location.pathname;
      if (moved && request.status < 400) return window.location.assign(request.responseURL);
      const fresh = page?.querySelector("[data-drop]") && page.querySelector("main");
      if (!fresh) return done(page?.querySelector(".refusal p:not(.quiet)")?.textContent ?? this.says.failed);
      document.querySelector("main").replaceChildren(...fresh.childNodes);
      const held = new Set([...document.querySelectorAll("input[name=held]")].map((each) => each.dataset.name));
      begin(this.chosen.filter((file) => !held.has(file.name)));
      (document.getElementById("refused") ?? document.querySelector("main .done"))?.focus();
      return window.scrollTo(0, 0);
    }
  }

  function begin(kept) {
    const form = document.querySelector("form:has([data-drop])");
    if (form) new Files(form, kept);
  }

  begin([]);
})();
