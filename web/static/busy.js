"use strict";
// Shows on the button that was pressed that something goes on, until the next page is there.
(function () {
  function rest() {
    document.querySelectorAll("[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
  }
  document.addEventListener("submit", function (event) {
    var button = event.submitter || event.target.querySelector("button");
    if (button) button.setAttribute("aria-busy", "true");
  });
  document.addEventListener("answered", rest); // a form that was sent without leaving the page
  window.addEventListener("pageshow", rest);
})();
