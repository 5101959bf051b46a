/* Reminders and broadcasts: previews and counts follow what is typed, progress moves by itself. The buttons do the
   same without script. */
(() => {
  "use strict";
  // Part of a page that the server draws for a form as it stands now.
  const follow = (form, part, action) => {
    let wait = 0, asked = 0;
    const ask = async (value) => {
      const n = ++asked, body = new URLSearchParams(new FormData(form));
      body.set("lam", value);
      try {
        const res = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
        const fresh = new DOMParser().parseFromString(await res.text(), "text/html").getElementById(part);
        if (n === asked && fresh) document.getElementById(part).replaceWith(fresh);
      } catch (e) { /* the button still works */ }
    };
    form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 400, action); });
    return ask;
  };
  const message = document.querySelector("form[data-preview-form]");
  if (message) {
    const ask = follow(message, "xem-truoc", "xem");
    document.addEventListener("click", (e) => {
      const button = e.target.closest("[data-preview]");
      if (button) { e.preventDefault(); ask(button.value); }
    });
  }
  const count = document.querySelector("form[data-count-form]");
  if (count) follow(count, "so-nguoi", "dem");

  // A placeholder goes where the cursor is.
  document.querySelectorAll("[data-chips]").forEach((list) => {
    const text = document.getElementById(list.dataset.chips);
    list.querySelectorAll("code").forEach((code) => {
      const button = document.createElement("button");
      button.type = "button";
      code.replaceWith(button);
      button.append(code);
      button.addEventListener("click", () => {
        text.setRangeText(code.textContent, text.selectionStart, text.selectionEnd, "end");
        text.focus();
        text.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
  });

  // Progress while sending.
  const live = document.querySelector("[data-stream]");
  if (live && window.EventSource) {
    const stream = new EventSource(live.dataset.stream), part = live.querySelector("[data-live]");
    stream.addEventListener("tien-do", (e) => { part.innerHTML = e.data; });
    stream.addEventListener("xong", () => { stream.close(); location.reload(); });
    window.addEventListener("pagehide", () => stream.close());
  }
})();
