// A field that a scanner types into, and a camera where there is one. See components/scan_field.html.
"use strict";

if (!customElements.get("scan-field")) {
  const SEPARATOR = "\u241d"; // a separator that one can see; the server knows it
  const FORMATS = ["data_matrix", "qr_code", "code_128", "ean_13", "ean_8", "upc_a", "upc_e", "itf"];
  const SIDE = 2000; // pixels: a larger photograph is sent smaller
  const EVERY = 200; // ms between two looks of the camera

  // Scanners send the separator as Ctrl+], as F8, or as the character itself.
  const isSeparator = (event) =>
    event.key === "\x1d" || event.key === "F8" ||
    (event.ctrlKey && !event.altKey && (event.key === "]" || event.code === "BracketRight"));
  const visible = (text) => text.replace(/[\x1c-\x1f]/g, SEPARATOR);

  class ScanField extends HTMLElement {
    connectedCallback() {
      if (this.input) return;
      this.input = this.querySelector("[data-scan]");
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("input", () => this.tidy());
      this.input.addEventListener("focus", () => this.input.select()); // the next scan replaces the last one
      const on = (name, act) => this.part(name).addEventListener("click", act);
      on("camera", () => this.film());
      on("stop", () => this.stop());
      on("photo", () => this.part("file").click());
      this.part("file").addEventListener("change", () => this.photo());
      const live = "BarcodeDetector" in window && navigator.mediaDevices;
      this.part(live ? "camera" : "photo").hidden = false;
      this.querySelector(".scan__tools").hidden = false;
    }

    disconnectedCallback() {
      this.stop();
    }

    part(name) {
      return this.querySelector(`[data-scan-${name}]`);
    }

    say(words) {
      this.querySelector("[role=status]").textContent = words;
    }

    key(event) {
      if (isSeparator(event)) {
        event.preventDefault(); // and no shortcut of the browser
        const { selectionStart: start, selectionEnd: end } = this.input;
        this.input.setRangeText(SEPARATOR, start, end, "end");
      } else if (event.key === "Enter") {
        // The scanner's Enter ends the scan. It sends the form only where the form is this field.
        event.preventDefault();
        if (this.input.value.trim()) this.done();
      }
    }

    tidy() {
      const { value, selectionStart } = this.input;
      const better = visible(value);
      if (better !== value) {
        this.input.value = better;
        this.input.setSelectionRange(selectionStart, selectionStart);
      }
    }

    take(text) {
      this.choose([]);
      this.input.value = visible(text);
      this.done();
    }

    done() {
      const text = this.input.value;
      this.say(this.dataset.read);
      this.input.focus();
      this.input.select();
      this.input.dispatchEvent(new CustomEvent("scan", { bubbles: true, detail: { text } }));
      if ("submit" in this.dataset) this.input.form.requestSubmit();
    }

    choose(codes) {
      const list = this.querySelector(".scan__choices");
      list.hidden = codes.length === 0;
      list.replaceChildren(...codes.map((code) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button--secondary";
        button.textContent = visible(code);
        button.addEventListener("click", () => this.take(code));
        item.append(button);
        return item;
      }));
    }

    found(codes) {
      if (codes.length === 1) return this.take(codes[0]);
      this.choose(codes);
      this.say(codes.length ? this.dataset.several : this.dataset.none);
    }

    // the camera, where the browser reads codes by itself

    async film() {
      const video = this.querySelector("video");
      try {
        this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        this.say(this.dataset.refused);
        this.part("photo").hidden = false;
        return;
      }
      const known = await BarcodeDetector.getSupportedFormats();
      const detector = new BarcodeDetector({ formats: FORMATS.filter((format) => known.includes(format)) });
      video.srcObject = this.stream;
      this.filming(true);
      await video.play();
      const look = async () => {
        if (!this.stream) return;
        const codes = await detector.detect(video).catch(() => []);
        if (!this.stream) return;
        if (codes.length === 0) return setTimeout(look, EVERY);
        this.stop();
        this.found([...new Set(codes.map((code) => code.rawValue))]);
      };
      look();
    }

    stop() {
      if (!this.stream) return;
      for (const track of this.stream.getTracks()) track.stop();
      this.stream = null;
      this.filming(false);
    }

    filming(now) {
      this.querySelector("video").hidden = this.part("stop").hidden = !now;
      this.part("camera").hidden = now;
    }

    // a photograph, read by the server and kept by nobody

    async photo() {
      const file = this.part("file").files[0];
      this.part("file").value = "";
      if (!file) return;
      this.say(this.dataset.looking);
      try {
        const token = JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
        const answer = await fetch(this.dataset.address, {
          method: "POST",
          headers: { "X-CSRFToken": token, "Content-Type": "application/octet-stream" },
          body: await smaller(file),
        });
        const told = await answer.json();
        if (told.error) this.say(told.error);
        else this.found(told.codes);
      } catch {
        this.say(this.dataset.failed);
      }
    }
  }

  // A telephone's picture with fewer points; as it is where the browser cannot read it.
  const smaller = async (file) => {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      if (scale === 1) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9))) || file;
    } catch {
      return file;
    }
  };

  customElements.define("scan-field", ScanField);
}
