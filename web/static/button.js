"use strict";
// The big button: tells the hub when it goes down and when it comes up again; the hub itself times the gesture.
(function () {
  var form = document.getElementById("button");
  if (!form) return;
  var button = form.querySelector("button");
  var down = false;
  var line = Promise.resolve(); // one after the other: an edge must never overtake the one before it

  function tell(edge) {
    var body = new FormData(form);
    body.set("edge", edge);
    line = line.then(function () {
      return fetch(form.dataset.edge, { method: "POST", body: body, credentials: "same-origin" });
    }).catch(function () {});
  }

  function press() {
    if (down) return;
    down = true;
    button.classList.add("down");
    tell("pressed");
  }

  function release() {
    if (!down) return;
    down = false;
    button.classList.remove("down");
    tell("released");
  }

  function isKey(event) { return event.key === " " || event.key === "Enter"; }

  button.addEventListener("pointerdown", function (event) {
    if (event.button !== 0) return;
    if (button.setPointerCapture) button.setPointerCapture(event.pointerId);
    press();
  });
  ["pointerup", "pointercancel", "lostpointercapture", "blur"].forEach(function (name) {
    button.addEventListener(name, release);
  });
  button.addEventListener("keydown", function (event) {
    if (isKey(event)) { event.preventDefault(); if (!event.repeat) press(); }
  });
  button.addEventListener("keyup", function (event) {
    if (isKey(event)) { event.preventDefault(); release(); }
  });
  button.addEventListener("contextmenu", function (event) { event.preventDefault(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); }); // the edges said it already
})();
