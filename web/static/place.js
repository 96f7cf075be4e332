"use strict";
// Puts the position of this telephone into the field; without it, it is typed.
(function () {
  var button = document.getElementById("place");
  var field = document.getElementById("position");
  var placed = document.getElementById("placed");
  if (!button || !field || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    placed.textContent = "…";
    navigator.geolocation.getCurrentPosition(function (found) {
      field.value = found.coords.latitude.toFixed(5) + "," + found.coords.longitude.toFixed(5);
      placed.textContent = "± " + Math.round(found.coords.accuracy) + " m";
    }, function () { placed.textContent = placed.dataset.failed; }, { enableHighAccuracy: true, timeout: 20000 });
  });
})();
