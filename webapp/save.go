package webapp

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

// saveLimit bounds the body of one answer; the script sends some 40 bytes.
const saveLimit = 512

// saveRequest is one answer from the script: {"i":6,"c":[2],"k":false,"r":3}.
type saveRequest struct {
	Index  int   `json:"i"`
	Chosen []int `json:"c"`
	Marked bool  `json:"k"`
	Seen   int   `json:"r"`
}

// saveBuffer holds what one save needs; thousands a second go through here.
type saveBuffer struct {
	data    [saveLimit]byte
	request saveRequest
}

var (
	// Chosen has room for more than any question has options, so that what save puts there is not left behind when it grows.
	saveBuffers = sync.Pool{New: func() any { return &saveBuffer{request: saveRequest{Chosen: make([]int, 0, 16)}} }}
	headerJSON  = []string{"application/json"}
	headerNone  = []string{"no-store"}
)

// save stores one answer and says what is stored now: {"r":4,"ms":812345}, and when another device was first
// {"r":5,"ms":812345,"s":true,"c":[1],"k":false}. The answer is sent after the durable write, never before.
func (a *App) save(c *gin.Context, v *visitor) error {
	b := saveBuffers.Get().(*saveBuffer)
	defer saveBuffers.Put(b)
	n, err := io.ReadFull(c.Request.Body, b.data[:])
	if err == nil || !errors.Is(err, io.ErrUnexpectedEOF) { // full: too long; EOF: empty; else the network
		return core.Wrap(core.Invalid, "Câu trả lời gửi lên không đúng.", err)
	}
	b.request = saveRequest{Chosen: b.request.Chosen[:0]}
	for places, i := b.request.Chosen[:cap(b.request.Chosen)], 0; i < len(places); i++ {
		places[i] = -1 // a null leaves what is here: no option, and not somebody else's
	}
	if err := json.Unmarshal(b.data[:n], &b.request); err != nil {
		return core.Wrap(core.Invalid, "Câu trả lời gửi lên không đúng.", err)
	}
	r, err := a.opt.Exam.Save(c.Request.Context(), v.ed, exam.AnswerInput{
		AttemptID: c.Param("id"), ContestantID: v.person.ContestantID, Index: b.request.Index,
		Shown: b.request.Chosen, Marked: b.request.Marked, Seen: b.request.Seen,
	}, v.now)
	a.countSave(r, err)
	if err != nil {
		return err
	}
	out := appendSaved(b.data[:0], &r)
	h := c.Writer.Header()
	h["Content-Type"], h["Cache-Control"] = headerJSON, headerNone
	c.Writer.WriteHeader(http.StatusOK)
	_, _ = c.Writer.Write(out) // the client went away: it will send again
	return nil
}

func appendSaved(out []byte, r *exam.SaveResult) []byte {
	out = append(out, `{"r":`...)
	out = strconv.AppendInt(out, int64(r.Rev), 10)
	out = append(out, `,"ms":`...)
	out = strconv.AppendInt(out, r.RemainingMillis, 10)
	if r.Stale {
		out = append(out, `,"s":true,"c":[`...)
		for i, place := range r.Shown {
			if i > 0 {
				out = append(out, ',')
			}
			out = strconv.AppendInt(out, int64(place), 10)
		}
		out = append(out, `],"k":`...)
		out = strconv.AppendBool(out, r.Marked)
	}
	return append(out, '}')
}

func (a *App) countSave(r exam.SaveResult, err error) {
	switch {
	case core.Is(err, core.Closed):
		a.metrics.late.Inc()
	case err != nil:
		a.metrics.failed.Inc()
	case r.Stale:
		a.metrics.stale.Inc()
	default:
		a.metrics.saved.Inc()
	}
}

// attemptState is what the store holds of an attempt: the script asks for it when the page comes back to the
// front.
type attemptState struct {
	Over    bool          `json:"over"`
	Millis  int64         `json:"ms"`
	Answers []savedAnswer `json:"a"`
}

func (a *App) state(c *gin.Context, v *visitor) error {
	view, err := a.opt.Exam.Open(c.Request.Context(), v.ed, v.person.ContestantID, c.Param("id"), v.now)
	if err != nil {
		return err
	}
	s := attemptState{Over: view.Final, Millis: view.RemainingMillis, Answers: []savedAnswer{}}
	for _, item := range view.Items {
		s.Answers = append(s.Answers, answerOf(item))
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, s)
	return nil
}
