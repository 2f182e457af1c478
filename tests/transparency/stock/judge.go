// Judges a log's folder with Go's own sumdb packages (golang.org/x/mod/sumdb/note and tlog), unmodified.
//
//	judge <folder> <vkey> <checkpoint>... [-receipt <file>]...
//
// Every checkpoint must be signed by the key, its tree must follow from the tiles that the folder holds, every record must be
// included, every earlier checkpoint's tree must be the beginning of every later one, and every receipt must prove its extra
// data. Prints "ok <records> <proofs>" or the reason, with exit code 1.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what string) {
	if err != nil {
		fmt.Printf("refused: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func refuse(words string) { must(fmt.Errorf("it does not hold"), words) }

// folder reads tiles of height 8; C2SP names them without the height.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) file(t tlog.Tile) ([]byte, error) {
	name := strings.Replace(strings.Replace(t.Path(), "tile/8/data/", "tile/entries/", 1), "tile/8/", "tile/", 1)
	return os.ReadFile(filepath.Join(string(f), name))
}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		raw, err := f.file(t)
		if os.IsNotExist(err) && t.W < 256 { // a partial tile may be gone once the full one is there
			full := t
			full.W = 256
			if raw, err = f.file(full); err == nil && len(raw) >= t.W*tlog.HashSize {
				raw = raw[:t.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		if len(raw) != t.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", t.Path(), len(raw))
		}
		all = append(all, raw)
	}
	return all, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) records(size int64) [][]byte {
	var all [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		raw, err := f.file(tlog.Tile{H: 8, L: -1, N: n, W: int(width)})
		must(err, "entries")
		for len(raw) > 0 {
			if len(raw) < 2 || len(raw) < 2+int(raw[0])<<8+int(raw[1]) {
				refuse("a bundle breaks off")
			}
			end := 2 + int(raw[0])<<8 + int(raw[1])
			all = append(all, raw[2:end])
			raw = raw[end:]
		}
	}
	if int64(len(all)) != size {
		refuse(fmt.Sprintf("%d entries for a tree of %d", len(all), size))
	}
	return all
}

func open(raw []byte, key note.Verifier) tlog.Tree {
	opened, err := note.Open(raw, note.VerifierList(key))
	must(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != key.Name() {
		refuse("the checkpoint's lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size")
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err, "root")
	tree := tlog.Tree{N: size}
	if copy(tree.Hash[:], root) != tlog.HashSize || len(root) != tlog.HashSize {
		refuse("the root's length")
	}
	return tree
}

func receipt(raw []byte, key note.Verifier) {
	head, signed, found := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		refuse("the receipt's lines")
	}
	tree := open(signed, key)
	leaf, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	must(err, "extra")
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	must(err, "index")
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		must(err, "path")
		path = append(path, hash)
	}
	must(tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(leaf)), "receipt")
}

func main() {
	here := folder(os.Args[1])
	key, err := note.NewVerifier(os.Args[2])
	must(err, "key")
	var trees []tlog.Tree
	proofs := 0
	for at := 3; at < len(os.Args); at++ {
		isReceipt := os.Args[at] == "-receipt"
		if isReceipt {
			at++
		}
		raw, err := os.ReadFile(os.Args[at])
		must(err, "file")
		if isReceipt {
			receipt(raw, key)
			proofs++
		} else {
			trees = append(trees, open(raw, key))
		}
	}
	var last tlog.Tree
	for _, tree := range trees {
		if tree.N > last.N {
			last = tree
		}
	}
	hashes := tlog.TileHashReader(last, here) // reads only what leads to the signed root
	root, err := tlog.TreeHash(last.N, hashes)
	must(err, "tree")
	if root != last.Hash {
		refuse("the root")
	}
	records := here.records(last.N)
	indexes := make([]int64, len(records))
	for n := range records {
		indexes[n] = tlog.StoredHashIndex(0, int64(n))
	}
	held, err := hashes.ReadHashes(indexes)
	must(err, "leaves")
	for index, record := range records {
		n := int64(index)
		if held[n] != tlog.RecordHash(record) {
			refuse(fmt.Sprintf("record %d", n))
		}
		if n%(last.N/1000+1) != 0 && n != last.N-1 {
			continue // a proof reads whole tiles again: of a long log only some are made
		}
		path, err := tlog.ProveRecord(last.N, n, hashes)
		must(err, "proof")
		must(tlog.CheckRecord(path, last.N, last.Hash, n, tlog.RecordHash(record)), fmt.Sprintf("record %d", n))
		proofs++
	}
	for _, older := range trees {
		for _, newer := range trees {
			if older.N == 0 || older.N > newer.N {
				continue
			}
			root, err := tlog.TreeHash(newer.N, hashes)
			must(err, "earlier tree")
			if root != newer.Hash {
				refuse(fmt.Sprintf("the tree of %d", newer.N))
			}
			path, err := tlog.ProveTree(newer.N, older.N, hashes)
			must(err, "consistency")
			must(tlog.CheckTree(path, newer.N, newer.Hash, older.N, older.Hash), fmt.Sprintf("%d in %d", older.N, newer.N))
			proofs++
		}
	}
	// Tiles of every level must be there, also those that no proof asked for.
	all := tlog.NewTiles(8, 0, last.N)
	for at, tile := range all {
		if at+1 < len(all) && all[at+1].L == tile.L && all[at+1].N == tile.N {
			continue // a wider one of the same follows; only trees that were signed have partial tiles
		}
		data, err := tlog.ReadTileData(tile, hashes)
		must(err, "tile")
		held, err := here.ReadTiles([]tlog.Tile{tile})
		must(err, "tile")
		if !bytes.Equal(data, held[0]) {
			refuse(tile.Path())
		}
	}
	fmt.Println("ok", last.N, proofs)
}
