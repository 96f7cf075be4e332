"use strict";
// The quick exit: the button, or the Shift key three times, covers the page at once and leads elsewhere, with no way back.
// A page that nobody touches for ten minutes covers itself too; the hub has ended the login by then.
(function () {
  var exit = document.getElementById("exit");
  var REST = 10 * 60 * 1000;
  var presses = [];
  var touched = Date.now();

  function cover() {
    document.documentElement.classList.add("gone");
    document.title = "";
  }

  function leave() {
    cover();
    // Not waited for: a hub that hangs must not keep her here.
    fetch(exit.href, { credentials: "same-origin", redirect: "manual", keepalive: true }).catch(function () {});
    location.replace(exit.dataset.elsewhere);
  }

  function rest() {
    if (Date.now() - touched < REST) return;
    cover();
    location.replace(exit.dataset.door);
  }

  exit.addEventListener("click", function (event) { event.preventDefault(); leave(); });
  document.addEventListener("keydown", function (event) {
    touched = Date.now();
    if (event.repeat) return;
    if (event.key !== "Shift") { presses = []; return; }
    presses = presses.filter(function (at) { return touched - at < 5000; }).concat(touched);
    if (presses.length === 3) leave();
  });
  document.addEventListener("pointerdown", function () { touched = Date.now(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });
  setInterval(rest, 5000);
})();
