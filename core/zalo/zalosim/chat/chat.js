// Makes the page live: forms go without a reload, news is fetched when there is any. Without this script every
// button still works and "Tải lại" shows what is new.
"use strict";
(function () {
  var rev = Number(document.body.dataset.rev);
  var seeing = {};

  function phones(doc) { return Array.from(doc.querySelectorAll(".phone")); }
  function ids(doc) { return phones(doc).map(function (p) { return p.id; }).join(" "); }

  // Puts what changed into the page and leaves what a person is typing alone. A part is only replaced when it
  // differs, so that nothing blinks and the keyboard stays.
  function swap(old, fresh) {
    if (old && fresh && old.innerHTML !== fresh.innerHTML) { keep(old, function () { old.innerHTML = fresh.innerHTML; }); }
  }

  // Whoever goes by keyboard stays where they were when a part is replaced: at the control that stands in the same
  // place, or at the field for typing when it is gone.
  function keep(part, change) {
    function controls() { return Array.from(part.querySelectorAll("a[href], button, input:not([type=hidden]), summary")); }
    var at = controls().indexOf(document.activeElement);
    var words = at < 0 ? "" : document.activeElement.textContent;
    var phone = part.closest(".phone");
    change();
    if (at < 0 || part.contains(document.activeElement)) { return; }
    var next = controls()[at];
    if (phone && !(next && next.textContent === words)) { next = phone.querySelector(".say input[name=text]"); }
    if (next) { next.focus({ preventScroll: true }); }
  }

  // Bubbles that did not change stay, so that a press in progress is not lost and a screen reader says only
  // what is new.
  function grow(old, fresh) { keep(old, function () { lay(old, fresh); }); }

  function lay(old, fresh) {
    var a = Array.from(old.children), b = Array.from(fresh.children);
    b.forEach(function (node, i) {
      if (i >= a.length) { old.appendChild(document.importNode(node, true)); return; }
      if (a[i].outerHTML !== node.outerHTML) { old.replaceChild(document.importNode(node, true), a[i]); }
    });
    a.slice(b.length).forEach(function (n) { n.remove(); });
  }

  function show(html) {
    var doc = new DOMParser().parseFromString(html, "text/html");
    var fresh = Number(doc.body.dataset.rev);
    if (!fresh && fresh !== 0) { return; }
    rev = Math.max(rev, fresh);
    if (fresh < rev) { return; }
    document.querySelectorAll(".side details[open]").forEach(function (d) {
      var same = doc.getElementById(d.id);
      if (same) { same.open = true; }
    });
    swap(document.getElementById("side-in"), doc.getElementById("side-in"));
    if (ids(doc) !== ids(document)) {
      swap(document.getElementById("stage"), doc.getElementById("stage"));
    } else {
      phones(doc).forEach(function (p) {
        var mine = document.getElementById(p.id);
        grow(mine.querySelector(".chat"), p.querySelector(".chat"));
        swap(mine.querySelector(".strip-slot"), p.querySelector(".strip-slot"));
        if (!mine.querySelector(".more").open) { swap(mine.querySelector(".menu"), p.querySelector(".menu")); }
        mine.toggleAttribute("data-unseen", p.hasAttribute("data-unseen"));
      });
    }
    see();
  }

  // What is on a visible screen has been seen: the bot gets its receipt.
  function see() {
    if (document.visibilityState !== "visible") { return; }
    phones(document).forEach(function (p) {
      var user = p.dataset.user;
      if (!p.hasAttribute("data-unseen") || seeing[user]) { return; }
      seeing[user] = true;
      post("do/see", new URLSearchParams({ user: user }), "application/json").catch(function () {}).then(function () { delete seeing[user]; });
    });
  }

  function post(to, body, accept) { return fetch(to, { method: "POST", body: body, headers: { Accept: accept } }); }

  document.addEventListener("submit", function (e) {
    var form = e.target;
    if (form.method !== "post") { return; }
    e.preventDefault();
    var body = new URLSearchParams(new FormData(form));
    var typed = form.hasAttribute("data-clear") && form.querySelector("input[name=text]");
    if (typed && !typed.value.trim()) { return; }
    var words = typed ? typed.value : "";
    if (typed) { typed.value = ""; }
    var menu = form.closest(".more");
    if (menu) { menu.open = false; }
    post(form.action, body, "text/html").then(function (r) {
      if (!r.ok) { throw new Error(r.status); }
      if (r.redirected) { history.replaceState(null, "", r.url); }
      return r.text();
    }).then(function (html) { up(); show(html); }).catch(function () {
      if (typed && !typed.value) { typed.value = words; } // nothing typed is lost
      down();
    });
  });

  document.addEventListener("click", function (e) {
    document.querySelectorAll(".more[open]").forEach(function (m) { if (!m.contains(e.target)) { m.open = false; } });
  });
  document.addEventListener("keydown", function (e) {
    if (e.key !== "Escape") { return; }
    document.querySelectorAll(".more[open]").forEach(function (m) { m.open = false; m.querySelector("summary").focus(); });
  });
  document.addEventListener("visibilitychange", see);

  function up() { document.body.classList.remove("offline"); }
  function down() { document.body.classList.add("offline"); }

  function listen() {
    fetch("news?after=" + rev).then(function (r) {
      if (!r.ok) { throw new Error(r.status); }
      return r.json();
    }).then(function (n) {
      up();
      if (n.rev < rev) { rev = -1; } // the simulator was started again
      if (n.rev === rev) { return listen(); }
      return fetch(location.href).then(function (r) { return r.text(); }).then(function (html) { show(html); setTimeout(listen, 60); });
    }).catch(function () { down(); setTimeout(listen, 2000); });
  }
  see();
  listen();
})();
