"use strict";
// Renews the changing parts of the page once a second and sends its forms without leaving it.
// Without this file the page works all the same: its forms are plain forms.
(function () {
  var stage = document.querySelector("[data-live]");
  var silent = document.getElementById("silent");
  var shown = {};
  var timer = null;

  function look() {
    clearTimeout(timer);
    return fetch(stage.dataset.live, { credentials: "same-origin", cache: "no-store" })
      .then(function (answer) {
        if (answer.status === 401) location.reload(); // the login is over: the page itself leads to the code page
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (state) { hear(true); renew(state.regions); })
      .catch(function () { hear(false); })
      .then(function () { clearTimeout(timer); timer = setTimeout(look, 1000); });
  }

  function hear(answered) {
    silent.hidden = answered;
    stage.classList.toggle("stale", !answered);
  }

  function renew(regions) {
    var strange = Object.keys(regions).some(function (id) { return !document.getElementById(id); });
    if (strange) { location.reload(); return; } // another contact: the page has another shape
    Object.keys(regions).forEach(function (id) { put(document.getElementById(id), regions[id]); });
  }

  // Nothing is replaced while a finger is on it, and what was open or had the focus stays so.
  function put(region, html) {
    if (shown[region.id] === html || region.matches(":active")) return;
    if ("keep" in region.dataset && !html.trim()) return;
    shown[region.id] = html;
    var focused = region.contains(document.activeElement) ? document.activeElement.id : "";
    var open = Array.prototype.map.call(region.querySelectorAll("details[open]"), function (part) { return part.id; });
    region.innerHTML = html;
    open.concat(focused).forEach(function (id) {
      var part = id && document.getElementById(id);
      if (part && part.tagName === "DETAILS") part.open = true;
      if (part && id === focused && part !== document.activeElement) part.focus({ preventScroll: true });
    });
  }

  function send(form, button) {
    var body = new FormData(form);
    if (button && button.name) body.set(button.name, button.value);
    var notice = document.getElementById("notice");
    if (notice) { notice.textContent = ""; shown.notice = ""; }
    var action = button && button.hasAttribute("formaction") ? button.formAction : form.action;
    return fetch(action, { method: "POST", body: body, credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        var done = answer.ok || answer.type === "opaqueredirect";
        if (answer.status === 503) hear(false);
        else if (!done || "reload" in form.dataset) location.reload();
        else look();
      })
      .catch(function () { hear(false); })
      .then(function () { document.dispatchEvent(new Event("answered")); });
  }

  var pressed = null;
  document.addEventListener("click", function (event) { pressed = event.target.closest("button"); }, true);
  document.addEventListener("submit", function (event) {
    if (!stage || event.defaultPrevented || "whole" in event.target.dataset) return;
    event.preventDefault();
    send(event.target, event.submitter || pressed);
  });
  document.addEventListener("change", function (event) {
    if (stage && event.target.tagName === "SELECT") send(event.target.form, null);
  });
  if (stage) timer = setTimeout(look, 1000);
})();
