/* "Lưu ảnh": draws the receipt into a picture on this device; nothing is sent anywhere. */
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("anh").textContent);
  try { Object.keys(localStorage).forEach((k) => { if (k.endsWith("/" + data.attempt)) localStorage.removeItem(k); }); } catch (e) { /* private mode */ }
  const place = document.querySelector("[data-picture]");
  if (!place || !HTMLCanvasElement.prototype.toBlob) return;
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => {
    const c = document.createElement("canvas"), g = c.getContext("2d");
    c.width = 1080; c.height = 1080;
    const fill = (color, x, y, w, h) => { g.fillStyle = color; g.fillRect(x, y, w, h); };
    const write = (text, size, weight, color, y) => {
      g.font = weight + " " + size + 'px "Be Vietnam Pro", Roboto, Arial, sans-serif';
      g.fillStyle = color;
      let line = "";
      for (const word of text.split(" ")) {
        if (line && g.measureText(line + " " + word).width > 920) { g.fillText(line, 80, y); line = word; y += size * 1.4; } else line = line ? line + " " + word : word;
      }
      g.fillText(line, 80, y);
      return y + size * 1.5;
    };
    fill("#fff", 0, 0, 1080, 1080); fill("#0a3f4c", 0, 0, 1080, 210); fill("#e2a52b", 0, 210, 1080, 10);
    write(data.contest, 46, 600, "#fff", 125);
    let y = write("Đã nộp bài", 40, 600, "#17693f", 310);
    y = write(data.who, 40, 600, "#17202b", y + 4);
    y = write(data.when, 34, 400, "#4a5563", y);
    y = write(data.score, 64, 600, "#17202b", y + 50);
    y = write("Mã xác nhận nộp bài", 34, 400, "#4a5563", y + 40);
    y = write(data.receipt, 76, 600, "#0e5a6b", y + 40);
    write(data.check, 30, 400, "#4a5563", y + 10);
    c.toBlob((blob) => {
      const a = document.createElement("a");
      a.href = URL.createObjectURL(blob); a.download = data.file;
      document.body.appendChild(a); a.click(); a.remove();
      setTimeout(() => URL.revokeObjectURL(a.href), 10000);
    }, "image/png");
  });
})();
