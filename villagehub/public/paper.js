// The page /y: what stands behind # came from the square on paper, and stays in the phone.
async function askSite() {
  let said = location.hash.slice(1);
  try { said = decodeURIComponent(said); } catch (broken) { /* as it stands: below it is told to be no square */ }
  const box = byId("seen"), list = document.createElement("ul"), heading = document.createElement("strong");
  if (!said) return;
  byId("paper").value = said;
  let lines = [], title, bad = true, link = null;
  try {
    const paper = readPaper(said), fetched = async path => { const answer = await fetch(path); return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : wrong("网站现在拿不出这一条的凭据，请过一会儿再扫"); };
    const vkey = await fetched("/log/vkey"), receipt = await fetched(`/log/proof/${paper.index}.tlog-proof`), report = {faults: [], said: [], proved: ""};
    await checkPaper(paper, {key: "", code: "", witnesses: [], saved: [{vkey, "publication.tlog-proof": receipt}]}, report);
    const leaf = readJson(readProof(receipt).leaf, "封存记录");
    bad = report.faults.length > 0;
    title = bad ? "网上的日志和这张纸不一样" : `这张纸是第 ${leaf.number} 号公开，和网上日志里的一样`;
    lines = bad ? [...report.faults, "请以公开栏纸质版为准，并告诉镇里。"] : [`这张纸的防改码：${sealCode(paper.hashed)}。请和纸上印的 16 个字比一比。`, "再打开下面的核对页，看网上的内容和日志还一不一样。"];
    if (/^[0-9]{12}$/.test(leaf.village) && Number.isSafeInteger(leaf.number)) link = `/v/${leaf.village}/n/${leaf.number}/check`;
  } catch (fault) { title = "没有核对成"; lines = [fault instanceof Wrong ? fault.message : "网络不通，请过一会儿再扫"]; }
  box.className = bad ? "result bad" : "result"; box.textContent = ""; box.hidden = false; heading.textContent = title; box.append(heading, list);
  for (const one of lines) { const item = document.createElement("li"); item.textContent = one; list.append(item); }
  if (link) { const to = document.createElement("a"); to.className = "go"; to.href = link; to.textContent = "打开这一号的核对页"; box.append(to); }
}
addEventListener("hashchange", askSite); askSite();
