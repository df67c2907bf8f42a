/** The camera: a preview, and pictures of it drawn to 640×480. Nothing runs before `start`. */

const [WIDTH, HEIGHT, QUALITY] = [640, 480, 0.85];

export class Camera {
  #stream = null;
  #canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  #video;
  #onLost;

  /** `onLost` is called when the camera goes away by itself. */
  constructor(video, onLost) {
    this.#video = video;
    this.#onLost = onLost;
  }

  /** Asks for the camera; fails with the browser's error (`NotAllowedError`, `NotFoundError`, `NotReadableError` …). */
  async start() {
    if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('no camera without https', 'SecurityError');
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false, video: { width: { ideal: WIDTH }, height: { ideal: HEIGHT }, facingMode: 'user' },
    });
    this.stop();
    this.#stream = stream;
    for (const track of stream.getVideoTracks()) {
      track.addEventListener('ended', () => { if (this.#stream === stream) this.#onLost(); });
    }
    this.#video.srcObject = stream;
    await this.#video.play();
  }

  get isRunning() {
    return this.#stream?.getVideoTracks().some((track) => track.readyState === 'live') ?? false;
  }

  /** Turns the camera off at once. */
  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** The picture now as JPEG, its middle cut to 4:3; null while there is none. */
  picture() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!this.isRunning || !width || !height) return Promise.resolve(null);
    const zoom = Math.max(WIDTH / width, HEIGHT / height);
    const [w, h] = [WIDTH / zoom, HEIGHT / zoom];
    this.#canvas.getContext('2d').drawImage(this.#video, (width - w) / 2, (height - h) / 2, w, h, 0, 0, WIDTH, HEIGHT);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  }
}
