// What a form that was opened from another page says when it has been saved: to the dialog around it, or to the window
// that opened it (Django's own protocol for choosing a new row in a select).

const data = JSON.parse(document.getElementById("django-admin-popup-response-constants").dataset.popupResponse);

if (window.parent !== window) {
  window.parent.postMessage({ desk: "saved", ...data }, window.location.origin);
} else if (data.action === "change") {
  window.opener.dismissChangeRelatedObjectPopup(window, data.value, data.obj, data.new_value);
} else if (data.action === "delete") {
  window.opener.dismissDeleteRelatedObjectPopup(window, data.value);
} else {
  window.opener.dismissAddRelatedObjectPopup(window, data.value, data.obj);
}
