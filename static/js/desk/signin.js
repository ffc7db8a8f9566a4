// Says in words why a passkey did not work; the scripts that ask for one only write to the console.

const REASONS = {
  NotAllowedError: 'The passkey was not given in time, or the request was cancelled. Try again.',
  InvalidStateError: 'This passkey is added already.',
  SecurityError: 'Passkeys work only at the address of the site itself, with https.',
}

document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const place = document.getElementById('account-failure')
  place.textContent = REASONS[event.detail.exception.name] ?? 'The passkey could not be used. Try again, or choose another way.'
  place.hidden = false
})
