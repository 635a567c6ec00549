() => {
  const QUIET = 100; // milliseconds in which nothing came or went
  const STEP = 1_000; // by then a step through the history has been taken, or there was none
  const LONG = 2_000; // something moves for ever: then the end of the run must do
  const app = document.querySelector("[data-testid=stApp]");
  if (app?.dataset.testScriptState !== "notRunning") return false;
  if (app.dataset.testConnectionState !== "CONNECTED") return false;
  if (document.querySelector('[data-stale="true"], [data-testid=stSkeleton]')) return false;
  const now = performance.now();
  const { owes, runs, pressed, stepped, changed, answered } = window.watch;
  if (owes || runs === 0 || now - pressed < QUIET) return false;
  if (stepped && now - stepped < STEP) return false;
  return now - changed > QUIET || now - Math.max(answered, pressed) > LONG;
}
