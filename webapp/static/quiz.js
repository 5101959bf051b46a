/* The quiz: shows the paper question by question, saves every answer as soon as it is given, keeps what the
   network has not taken, and counts down by the server's clock. Without it the page's form does the same with
   a page for every question. An answer is shown as saved only after the server said so. */
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const paper = JSON.parse($("bai").textContent);
  const form = $("bai-lam"), items = paper.items, key = paper.url;
  const letters = "ABCDEF";
  let current = paper.n, pending = {}, busy = false, tries = 0, timer = 0, over = false, leaving = false;
  let end = Date.now() + paper.ms, told = end - Date.now() <= 60000 ? 60 : end - Date.now() <= 300000 ? 300 : 1e9;

  // ---- what is kept on this device until the server has it: c chosen, k marked, r the revision seen, d what was
  // sent on top of r without an answer coming back; the server may hold one of those, and that is this device's
  // own answer, not another's
  let put = []; // the questions this page has kept there; another tab of this attempt may keep others
  const keep = () => {
    let all = {};
    try { all = JSON.parse(localStorage.getItem(key)) || {}; } catch (e) { /* nothing that could be read */ }
    try {
      for (const i of put) delete all[i];
      put = Object.keys(Object.assign(all, pending)).filter((i) => pending[i]);
      if (Object.keys(all).length) localStorage.setItem(key, JSON.stringify(all));
      else localStorage.removeItem(key);
    } catch (e) { /* private mode: memory has to do */ }
  };
  const same = (a, b) => a.k === b.k && a.c.length === b.c.length && a.c.every((x) => b.c.includes(x));
  const ours = (mine, now) => now.r === mine.r + 1 && (mine.d || []).some((x) => same(x, now));
  const sending = (p) => {
    if (!(p.d || []).some((x) => same(x, p))) p.d = (p.d || []).concat({ c: p.c, k: p.k });
    keep();
  };
  const recall = () => {
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch (e) { return; }
    const lost = [];
    put = Object.keys(kept);
    for (const i of put) {
      const mine = kept[i], now = items[i];
      if (!now || !Array.isArray(mine.c) || same(mine, now)) continue;
      if (mine.r !== now.r && !ours(mine, now)) { lost.push(Number(i) + 1); continue; }
      pending[i] = { c: mine.c, k: mine.k, r: now.r, d: mine.r === now.r ? mine.d : [] };
      now.c = mine.c; now.k = mine.k;
    }
    if (lost.length) notice("Câu " + lost.join(", ") + " đã được trả lời trên máy khác sau đó. Trang giữ đáp án mới hơn.");
    keep();
  };

  // ---- words about the state of saving
  const notice = (text) => { const n = $("bao"); n.textContent = text; n.hidden = !text; };
  const speak = (text) => { $("doc").textContent = text; };
  let offlineNote = false;
  const setState = (s) => {
    const el = form.querySelector(".saving");
    if (s === "saved" && offlineNote) { speak("Đã lưu lại."); notice(""); offlineNote = false; }
    el.dataset.saving = s;
  };
  const unsaved = (text) => {
    setState("unsaved");
    if (!offlineNote || $("bao").textContent !== text) speak(text);
    notice(text); offlineNote = true;
  };

  // ---- saving: one request at a time, the oldest change first, again until the server has it
  const pump = async () => {
    if (busy || over) return;
    const i = Object.keys(pending)[0];
    if (i === undefined) { if (form.querySelector(".saving").dataset.saving) setState("saved"); return; }
    busy = true; clearTimeout(timer);
    if (!tries) setState("saving");
    const sent = pending[i];
    sending(sent);
    let res, wait = 0;
    const abort = new AbortController(), limit = setTimeout(() => abort.abort(), 8000);
    try {
      res = await fetch(paper.url + "/luu", {
        method: "POST", credentials: "same-origin", signal: abort.signal,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ i: Number(i), c: sent.c, k: sent.k, r: sent.r }),
      });
      const body = await res.json();
      clearTimeout(limit);
      if (res.ok) { tries = 0; took(i, sent, body); busy = false; return pump(); }
      if (res.status === 409) { busy = false; return finish(); }
      if (res.status === 401) { busy = false; return signIn(); }
      if (res.status < 500 && res.status !== 429) { // it will never be taken: say so rather than try for ever
        delete pending[i]; keep(); busy = false; notice(body.msg || "Câu này chưa lưu được."); setState("unsaved"); return;
      }
      wait = (body.retry_after || 0) * 1000;
    } catch (e) { clearTimeout(limit); }
    busy = false;
    unsaved(res ? "Máy chủ đang bận. Bài vẫn giữ trên máy này, tự lưu lại sau ít giây." : "Mất mạng. Bài vẫn giữ trên máy này, tự lưu khi có mạng lại.");
    tries = Math.min(tries + 1, 5);
    timer = setTimeout(pump, Math.max(wait, 500 * 2 ** tries) * (0.8 + Math.random() * 0.4));
  };
  const took = (i, sent, body) => {
    sync(body.ms);
    const item = items[i];
    item.r = body.r;
    if (body.s && pending[i] && ours(pending[i], body)) { // ours, whose answer was lost: what was chosen since goes on top
      if (same(pending[i], body)) delete pending[i];
      else Object.assign(pending[i], { r: body.r, d: [] });
    } else if (body.s) {
      delete pending[i];
      item.c = body.c; item.k = body.k;
      notice("Câu " + (Number(i) + 1) + " vừa được trả lời trên máy khác. Trang đang hiện đáp án mới hơn.");
      if (Number(i) === current) show(current, false);
    } else if (pending[i] === sent) delete pending[i];
    else Object.assign(pending[i], { r: body.r, d: [] }); // changed again while the request was under way
    keep(); map();
  };
  const signIn = () => {
    unsaved("Phiên đăng nhập đã hết. Bài vẫn giữ trên máy này. ");
    const a = document.createElement("a");
    a.href = paper.dn; a.textContent = "Đăng nhập lại để lưu";
    $("bao").appendChild(a);
  };
  const change = () => {
    const item = items[current];
    item.c = [...form.querySelectorAll("[name=chon]:checked")].map((x) => Number(x.value));
    item.k = form.elements.danh_dau.checked;
    pending[current] = { c: item.c, k: item.k, r: item.r, d: (pending[current] || {}).d };
    keep(); paint(); map(); pump();
  };

  // ---- showing
  const paint = () => {
    form.querySelectorAll(".option").forEach((o) => o.classList.toggle("on", o.firstChild.checked));
  };
  const show = (i, focus) => {
    current = i;
    const item = items[i], last = i === items.length - 1;
    $("q-no").textContent = "Câu " + (i + 1) + " / " + items.length;
    $("q-text").textContent = item.t;
    $("q-how").textContent = item.m ? "Chọn tất cả phương án đúng" : "Chọn một phương án";
    form.elements.danh_dau.checked = item.k;
    form.elements.rev.value = item.r;
    form.action = paper.url + "/cau/" + (i + 1);
    $("phuong-an").replaceChildren(...item.o.map((text, j) => {
      const label = document.createElement("label"), input = document.createElement("input");
      label.className = "option";
      Object.assign(input, { type: item.m ? "checkbox" : "radio", name: "chon", value: j, checked: item.c.includes(j) });
      const letter = document.createElement("span"), words = document.createElement("span");
      letter.className = "letter"; letter.setAttribute("aria-hidden", "true"); letter.textContent = letters[j];
      words.textContent = text;
      label.append(input, letter, words);
      return label;
    }));
    $("truoc").disabled = i === 0;
    $("sau").textContent = last ? "Xem lại" : "Câu sau";
    $("sau").value = last ? "nop" : "sau";
    $("tien-do").setAttribute("width", Math.floor((i + 1) * 100 / items.length) + "%");
    document.title = "Câu " + (i + 1) + " / " + items.length + document.title.replace(/^[^·]*/, " ");
    history.replaceState(null, "", form.action);
    paint(); map();
    if (focus) { $("cau-hoi").focus({ preventScroll: true }); window.scrollTo(0, 0); }
  };
  const map = () => {
    let done = 0;
    form.querySelectorAll(".map button").forEach((b, i) => {
      const answered = items[i].c.length > 0;
      done += answered;
      b.className = (answered ? "filled" : "") + (items[i].k ? " marked" : "");
      b.lastChild.textContent = (answered ? ", đã trả lời" : "") + (items[i].k ? ", xem lại" : "");
      if (i === current) b.setAttribute("aria-current", "step"); else b.removeAttribute("aria-current");
    });
    $("da-lam").textContent = done + " / " + items.length;
  };

  // ---- time
  const sync = (ms) => { if (typeof ms === "number") end = Date.now() + ms; };
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000)), el = $("dong-ho");
    const text = String(Math.floor(left / 60)).padStart(2, "0") + ":" + String(left % 60).padStart(2, "0");
    const clock = el.querySelector("[data-clock]");
    if (clock.textContent !== text) clock.textContent = text;
    el.classList.toggle("low", left < 120);
    if (left <= 300 && told > 300) { told = 300; speak("Còn 5 phút."); }
    if (left <= 60 && told > 60) { told = 60; speak("Còn 1 phút."); }
    if (left === 0 && !over) finish();
  };
  const finish = () => {
    over = true; leaving = true;
    form.querySelectorAll("input, button").forEach((x) => { x.disabled = true; });
    notice("Bài đã kết thúc. Đang mở kết quả.");
    setTimeout(open, 800);
  };
  // Without a network the browser's own error page would take the place of the paper, so the page waits for it.
  const open = async () => {
    try { await fetch(paper.url + "/trang-thai", { headers: { Accept: "application/json" }, credentials: "same-origin" }); } catch (e) {
      const late = Object.keys(pending).map((i) => Number(i) + 1).join(", ");
      notice("Đã hết giờ. Bài tự nộp với các câu đã lưu" + (late ? "; câu " + late + " chưa kịp lưu" : "") + ". Kết quả tự mở khi có mạng lại.");
      setTimeout(open, 4000);
      return;
    }
    pending = {}; put = items.map((x, i) => i); keep();
    location.replace(paper.url + "/ket-qua");
  };

  // ---- coming back to the page: another device may have gone on, and the clock of a sleeping phone stands
  const refresh = async () => {
    if (over) return;
    try {
      const res = await fetch(paper.url + "/trang-thai", { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!res.ok) return;
      const now = await res.json();
      if (now.over) return finish();
      sync(now.ms);
      now.a.forEach((a, i) => { if (!pending[i] && a.r > items[i].r) { Object.assign(items[i], a); if (i === current) show(i, false); } });
      map(); pump();
    } catch (e) { /* the next save will say it */ }
  };

  // ---- leaving: what is unsaved goes along, and stays on this device in any case
  const flush = () => {
    for (const i of Object.keys(pending)) {
      const p = pending[i];
      sending(p);
      try {
        fetch(paper.url + "/luu", { method: "POST", keepalive: true, credentials: "same-origin",
          headers: { "Content-Type": "application/json", Accept: "application/json" },
          body: JSON.stringify({ i: Number(i), c: p.c, k: p.k, r: p.r }) }).catch(() => {});
      } catch (e) { return; }
    }
  };
  const submit = async () => {
    tries = 0;
    for (let n = 0; n < 40 && Object.keys(pending).length && !over; n++) {
      if (!busy && n % 10 === 0) pump();
      await new Promise((r) => setTimeout(r, 100));
    }
    const left = Object.keys(pending).length;
    if (over) return;
    if (!left) { // the browser's own page without a network would take the place of the paper
      try { await fetch(paper.url + "/trang-thai", { headers: { Accept: "application/json" }, credentials: "same-origin" }); } catch (e) {
        return notice("Mất mạng nên chưa mở được trang nộp bài. Các câu đã lưu vẫn còn. Đợi có mạng rồi bấm Nộp bài lại. Hết giờ, bài tự nộp.");
      }
    }
    if (left) return notice("Còn " + left + " câu chưa lưu. Đợi có mạng rồi bấm Nộp bài lại. Hết giờ, bài tự nộp với các câu đã lưu.");
    leaving = true;
    location.href = paper.url + "/nop";
  };

  form.addEventListener("change", change);
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("click", (e) => {
    const b = e.target.closest("button[name=di]");
    if (!b || over) return;
    e.preventDefault();
    if (b.value === "nop") submit();
    else if (b.value === "truoc") show(Math.max(current - 1, 0), true);
    else if (b.value === "sau") show(Math.min(current + 1, items.length - 1), true);
    else show(Number(b.value) - 1, true);
  });
  window.addEventListener("online", () => { tries = 0; pump(); });
  window.addEventListener("pagehide", () => { if (!leaving) flush(); });
  window.addEventListener("pageshow", (e) => { if (e.persisted) { leaving = false; refresh(); } });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { tick(); refresh(); } });
  recall(); show(current, false); tick(); setInterval(tick, 250); pump();
})();
