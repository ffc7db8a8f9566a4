// On the page to sign in: whoever was signed out while typing is told that their text waits in this browser.
// What is kept, and until when, is written by autosave.js; whoever signs out by themselves leaves nothing behind.

const MARK = "desk:text:";

function isKept() {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(MARK));
  } catch {
    return false;
  }
}

const told = document.getElementById("kept-waiting");
if (told) told.hidden = !isKept();
