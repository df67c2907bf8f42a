/** A worker that ticks: timers of a page behind another window run once a minute, a worker's keep their pace. */

let timer = null;

onmessage = ({ data: milliseconds }) => {
  clearInterval(timer);
  timer = milliseconds ? setInterval(() => postMessage(null), milliseconds) : null;
};
