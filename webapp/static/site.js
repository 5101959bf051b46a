/* Small improvements of every page; everything works without them. */
(function () {
  "use strict";
  // The countdown goes on from the server's clock, not the device's.
  var clock = document.querySelector("[data-until]");
  if (clock) {
    var skew = Date.now() - Number(clock.getAttribute("data-now"));
    var until = Number(clock.getAttribute("data-until"));
    var set = function (name, value) { clock.querySelector("[data-" + name + "]").textContent = value; };
    var two = function (n) { return n < 10 ? "0" + n : String(n); };
    setInterval(function () {
      var minutes = Math.max(0, Math.floor((until - Date.now() + skew) / 60000));
      set("days", Math.floor(minutes / 1440));
      set("hours", two(Math.floor(minutes / 60) % 24));
      set("minutes", two(minutes % 60));
    }, 5000);
  }
  // The menu closes on Escape and on a tap outside.
  var menu = document.querySelector("details.menu");
  if (menu) {
    document.addEventListener("click", function (e) { if (!menu.contains(e.target)) menu.open = false; });
    document.addEventListener("keydown", function (e) { if (e.key === "Escape") menu.open = false; });
  }
})();
