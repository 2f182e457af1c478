/* Boxes on a picture: drag to draw one, type to move it. Without this file the numbers and 先看一看 do the same. */
(function () {
  'use strict';
  var sheet = document.getElementById('sheet'), list = document.getElementById('boxes');
  var drawn = document.getElementById('drawn'), tools = document.getElementById('tools');
  if (!sheet || !window.PointerEvent) { return; }
  var tall = sheet.viewBox.baseVal.height, start = null, ghost = null;

  function fields(box) { return Array.prototype.slice.call(box.querySelectorAll('input')); }
  function all() { return Array.prototype.slice.call(list.querySelectorAll('fieldset')); }
  function number(text) { return /^\d{1,3}(\.\d*)?$/.test(text.trim()) ? parseFloat(text) : NaN; }

  function rect(x, y, w, h) {
    var one = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    one.setAttribute('x', x * 10);
    one.setAttribute('y', y * tall / 100);
    one.setAttribute('width', w * 10);
    one.setAttribute('height', h * tall / 100);
    return one;
  }

  function redraw() {
    drawn.textContent = '';
    all().forEach(function (box) {
      var four = fields(box).map(function (one) { return number(one.value); });
      if (four.every(function (one) { return one >= 0; })) { drawn.appendChild(rect.apply(null, four)); }
    });
  }

  function name() {
    all().forEach(function (box, place) { box.querySelector('legend').textContent = '第 ' + (place + 1) + ' 个框'; });
  }

  function equip(box) {
    if (box.querySelector('button')) { return; }
    var away = document.createElement('button');
    away.type = 'button';
    away.className = 'btn two';
    away.textContent = '删掉';
    away.addEventListener('click', function () {
      fields(box).forEach(function (one) { one.value = ''; });
      if (all().length > 1) { box.parentNode.removeChild(box); }
      name();
      redraw();
      sheet.scrollIntoView({block: 'nearest'});
    });
    box.appendChild(away);
  }

  function empty() {
    var free = all().filter(function (box) {
      return fields(box).every(function (one) { return !one.value.trim(); });
    })[0];
    if (!free) {
      free = all()[0].cloneNode(true);
      list.appendChild(free);
      fields(free).forEach(function (one) { one.value = ''; });
      var copied = free.querySelector('button');
      if (copied) { copied.parentNode.removeChild(copied); }
      equip(free);
      name();
    }
    return free;
  }

  function at(event) {
    var edge = sheet.getBoundingClientRect();
    return [(event.clientX - edge.left) / edge.width * 100, (event.clientY - edge.top) / edge.height * 100]
      .map(function (one) { return Math.min(100, Math.max(0, one)); });
  }

  function between(a, b) {
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];
  }

  sheet.addEventListener('pointerdown', function (event) {
    if (event.pointerType !== 'mouse' && !sheet.classList.contains('draw')) { return; }
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    start = at(event);
  });
  sheet.addEventListener('pointermove', function (event) {
    if (!start) { return; }
    if (ghost) { drawn.removeChild(ghost); }
    ghost = rect.apply(null, between(start, at(event)));
    drawn.appendChild(ghost);
  });
  sheet.addEventListener('pointerup', function (event) {
    if (!start) { return; }
    var four = between(start, at(event));
    start = ghost = null;
    if (four[2] >= 0.5 && four[3] >= 0.3) {
      /* Never smaller than what was drawn: rounded outwards to a tenth. */
      var left = Math.floor(four[0] * 10) / 10, top = Math.floor(four[1] * 10) / 10;
      var values = [left, top, Math.ceil((four[0] + four[2] - left) * 10) / 10, Math.ceil((four[1] + four[3] - top) * 10) / 10];
      fields(empty()).forEach(function (one, place) { one.value = String(Math.round(values[place] * 10) / 10); });
    }
    redraw();
  });
  sheet.addEventListener('pointercancel', function () { start = ghost = null; redraw(); });
  list.addEventListener('input', redraw);

  var finger = document.createElement('button');
  finger.type = 'button';
  finger.className = 'btn two';
  finger.setAttribute('aria-pressed', 'false');
  finger.textContent = '用手指画框';
  finger.addEventListener('click', function () {
    var on = sheet.classList.toggle('draw');
    finger.setAttribute('aria-pressed', String(on));
    finger.textContent = on ? '画好了，可以上下滑' : '用手指画框';
  });
  tools.appendChild(finger);
  document.getElementById('how').textContent = '在图上按住拖一个框，就遮住那一块。手机上先点“用手指画框”。也可以在下面写数：都是图的百分之几。';
  all().filter(function (box) {
    return fields(box).every(function (one) { return !one.value.trim(); });
  }).slice(1).forEach(function (box) { list.removeChild(box); });
  all().forEach(equip);
  /* Whoever is in there already, on a slow phone, is not shut out. */
  var typed = document.getElementById('numbers');
  if (!document.getElementById('mask').hasAttribute('data-open') && !typed.contains(document.activeElement)) { typed.open = false; }
  redraw();
}());
