package catalog

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"duthi/core"
	"duthi/core/contestfile"
)

// ImportFile imports a file of the machine: what is "contest", "questions", "units" or "roster". An empty
// contestID stands for the only contest there is. A logo named in a contest file is read from beside it.
func (f *Files) ImportFile(ctx context.Context, what, contestID, path string, how How) (Result, error) {
	file, err := os.Open(path)
	if err != nil {
		return Result{}, unreadable(path, err)
	}
	defer file.Close()
	name := filepath.Base(path)
	if what == "contest" {
		c, err := contestfile.ParseContest(file, name)
		if err != nil {
			return Result{}, err
		}
		if contestID != "" && contestID != c.ID {
			return Result{}, core.Errorf(core.Invalid, "Tệp là của cuộc thi %s, không phải %s.", c.ID, contestID)
		}
		if err := inlineLogo(c, filepath.Dir(path)); err != nil {
			return Result{}, err
		}
		root, err := os.OpenRoot(filepath.Dir(path)) // a link that leads out of the folder is refused
		if err != nil {
			return Result{}, unreadable(path, err)
		}
		defer root.Close()
		how.Attached = func(name string) (io.ReadCloser, error) {
			file, err := root.Open(filepath.FromSlash(name))
			if err != nil {
				return nil, unreadable(name, err)
			}
			return file, nil
		}
		return f.ImportContest(ctx, c, how)
	}
	if contestID, err = f.Which(ctx, contestID); err != nil {
		return Result{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return Result{}, unreadable(path, err)
	}
	tab, err := contestfile.OpenTable(file, info.Size(), name)
	if err != nil {
		return Result{}, err
	}
	return f.ImportTable(ctx, what, contestID, tab, how)
}

// ImportTable imports "questions", "units" or "roster" of a contest.
func (f *Files) ImportTable(ctx context.Context, what, contestID string, tab *contestfile.Table, how How) (Result, error) {
	switch what {
	case "questions":
		return f.ImportQuestions(ctx, contestID, tab, how)
	case "units":
		return f.ImportUnits(ctx, contestID, tab, how)
	case "roster":
		return f.ImportRoster(ctx, contestID, tab, how)
	}
	return Result{}, unknownKind(what)
}

func unreadable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return core.Wrap(core.NotFound, "Không có tệp "+path+".", err)
	}
	return core.Wrap(core.Invalid, "Không đọc được tệp "+path+".", err)
}

// Which gives the contest a command means: the named one, or the only one. The sample doesn't stand in the way
// of a real one.
func (f *Files) Which(ctx context.Context, contestID string) (string, error) {
	if contestID != "" {
		_, err := f.cfg.Store.ContestRecord(ctx, contestID)
		return contestID, err
	}
	heads, err := f.cfg.Store.ContestHeads(ctx)
	if err != nil {
		return "", err
	}
	var ids, real []string
	for _, h := range heads {
		rec, err := f.cfg.Store.ContestRecord(ctx, h.ID)
		if err != nil {
			return "", err
		}
		ids = append(ids, h.ID)
		if !rec.Sample {
			real = append(real, h.ID)
		}
	}
	switch {
	case len(real) == 1:
		return real[0], nil
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) == 0:
		return "", core.Errorf(core.NotFound, "Chưa có cuộc thi nào. Nhập tệp cuộc thi trước: duthi import contest TỆP.")
	}
	return "", core.Errorf(core.Invalid, "Có nhiều cuộc thi, hãy chọn bằng --contest: %s.", strings.Join(ids, ", "))
}

// maxLogoFile is the size of a logo file; as a data: URL it grows by a third.
const maxLogoFile = 200 << 10

// inlineLogo puts the logo's file into the contest.
func inlineLogo(c *core.Contest, dir string) error {
	if c.Theme == nil || c.Theme.Logo == "" || strings.HasPrefix(c.Theme.Logo, "data:") {
		return nil
	}
	root, err := os.OpenRoot(dir) // a link that leads out of the folder is refused
	if err != nil {
		return unreadable(dir, err)
	}
	defer root.Close()
	content, err := root.ReadFile(filepath.FromSlash(c.Theme.Logo))
	if err != nil {
		return unreadable(c.Theme.Logo, err)
	}
	if len(content) > maxLogoFile {
		return core.Errorf(core.Invalid, "Ảnh %s lớn hơn %d KB. Thu nhỏ ảnh.", c.Theme.Logo, maxLogoFile>>10)
	}
	kind := "image/png"
	switch {
	case strings.HasPrefix(string(content), "\x89PNG\r\n\x1a\n"):
	case strings.Contains(string(content[:min(len(content), 1024)]), "<svg"):
		kind = "image/svg+xml"
	default:
		return core.Errorf(core.Invalid, "Tệp %s không phải ảnh PNG hoặc SVG.", c.Theme.Logo)
	}
	c.Theme.Logo = "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content)
	return nil
}
