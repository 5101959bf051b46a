/* Small improvements of every page; everything works without them. */
(() => {
  "use strict";
  const two = (n) => String(n).padStart(2, "0");

  // The countdown of the home page goes on from the server's clock, not the device's.
  const clock = document.querySelector("[data-until]");
  if (clock) {
    const skew = Date.now() - Number(clock.dataset.now), until = Number(clock.dataset.until);
    const set = (name, value) => { clock.querySelector("[data-" + name + "]").textContent = value; };
    setInterval(() => {
      const minutes = Math.max(0, Math.floor((until - Date.now() + skew) / 60000));
      set("days", Math.floor(minutes / 1440)); set("hours", two(Math.floor(minutes / 60) % 24)); set("minutes", two(minutes % 60));
    }, 5000);
  }
  // Time left of an attempt on the page before submitting; it ends by itself.
  const left = document.querySelector("[data-left]");
  if (left) {
    const end = Date.now() + Number(left.dataset.left);
    const timer = setInterval(() => {
      const s = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      left.querySelector("[data-clock]").textContent = two(Math.floor(s / 60)) + ":" + two(s % 60);
      left.classList.toggle("low", s < 120);
      if (s === 0) { clearInterval(timer); location.reload(); }
    }, 500);
  }
  // The menu closes on Escape and on a tap outside.
  const menu = document.querySelector("details.menu");
  if (menu) {
    document.addEventListener("click", (e) => { if (!menu.contains(e.target)) menu.open = false; });
    document.addEventListener("keydown", (e) => { if (e.key === "Escape") menu.open = false; });
  }
  // After a mistake the summary of it is read first.
  const mistakes = document.getElementById("loi");
  if (mistakes) mistakes.focus();

  // Copying a text; without this it can still be selected.
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    const text = document.getElementById(button.dataset.copy), label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      let done = false;
      try { await navigator.clipboard.writeText(text.textContent); done = true; } catch (e) { // not over plain HTTP
        getSelection().selectAllChildren(text);
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Đã chép" : "Nhấn giữ để chép";
      setTimeout(() => { button.textContent = label; }, 3000);
    });
  });

  // A code was sent to the OA: the page goes on by itself. Nobody asks while the page is hidden behind Zalo.
  const code = document.querySelector("[data-await]");
  if (code) {
    let asking = false;
    code.querySelector("[data-waiting]").hidden = false;
    const ask = async () => {
      if (document.hidden || asking) return;
      asking = true;
      try {
        const res = await fetch(code.dataset.await, { credentials: "same-origin", cache: "no-store" });
        const state = res.ok ? await res.text() : "waiting", go = document.querySelector("[data-proven]");
        if (state !== "waiting") { clearInterval(timer); return state === "proven" && go ? go.click() : location.reload(); }
      } catch (e) { /* no network: asked again */ }
      asking = false;
    };
    const timer = setInterval(ask, 3000);
    document.addEventListener("visibilitychange", ask);
  }

  // Search as one types: the same page with the same form, of which only the list is taken.
  document.querySelectorAll("form[data-live]").forEach((form) => {
    let wait = 0, asked = 0;
    form.classList.add("live");
    const ask = async () => {
      const n = ++asked, url = form.action + "?" + new URLSearchParams(new FormData(form));
      try {
        const text = await (await fetch(url, { credentials: "same-origin" })).text();
        const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(form.dataset.live);
        if (n === asked && fresh) document.getElementById(form.dataset.live).replaceWith(fresh);
      } catch (e) { /* the button still works */ }
    };
    form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 250); });
  });

  // When everybody comes at once: the form waits and tries again by itself, keeping what was typed.
  document.querySelectorAll("form[data-patient]").forEach((form) => {
    const button = form.querySelector("button[type=submit]"), label = button.textContent;
    const said = document.createElement("span"); // for who hears the page: once, not every second
    said.className = "hidden-text"; said.setAttribute("role", "status"); form.append(said);
    const free = () => { button.disabled = false; button.textContent = label; };
    window.addEventListener("pageshow", (e) => { if (e.persisted) free(); }); // back after it was sent
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      const body = new URLSearchParams(new FormData(form));
      let lost = 0;
      const send = async () => {
        button.disabled = true;
        let res;
        try { res = await fetch(form.action, { method: "POST", body, credentials: "same-origin" }); } catch (err) {
          return ++lost < 20 ? wait(3, "Mất mạng, tự gửi lại sau ") : free();
        }
        if (res.redirected) return location.assign(res.url); // it was taken, whatever the next page says
        const seconds = Number(res.headers.get("Retry-After"));
        if (res.status === 503 && seconds > 0 && seconds <= 60) return wait(seconds, "Đang đông, tự thử lại sau ");
        const text = await res.text(); // the same form again, with what is wrong
        document.open(); document.write(text); document.close();
      };
      const wait = (seconds, words) => { said.textContent = words + seconds + " giây"; later(seconds, words); };
      const later = (seconds, words) => {
        button.textContent = words + seconds + " giây";
        setTimeout(() => (seconds > 1 ? later(seconds - 1, words) : ((button.textContent = label), send())), 1000);
      };
      send();
    });
  });
})();
