package rules

import "testing"

func TestGistNear(t *testing.T) {
	t.Parallel()
	ix := New(Source{Contest: bigContest(t, 20)})
	for _, same := range [][2]string{
		{"mk quên mật khẩu thì làm sao", "quen mat khau roi lam sao day"},
		{"có được mang tài liệu ko", "dc xem tài liệu hông bn"},
		{"kết quả khi nào có", "bao h co ket qua vay"},
		{"gửi xe ở đâu vậy ạ", "cho em hỏi gửi xe ở đâu"},
		{"Rớt mạng giữa chừng có được làm lại không?", "dang lam bai rot mang co dc lam lai ko"},
	} {
		if ix.Gist(same[0]).Near(ix.Gist(same[1])) == 0 {
			t.Errorf("%q and %q are two: %+v %+v", same[0], same[1], ix.Gist(same[0]), ix.Gist(same[1]))
		}
	}
	for _, apart := range [][2]string{
		{"quên mật khẩu thì làm sao", "đổi số điện thoại thì làm sao"},
		{"đợt 3 đóng lúc nào", "giải thưởng trao lúc nào"},
		{"gửi xe ở đâu", "gửi bài ở đâu"},
		{"được thi mấy lần", "một người được mấy giải"},
		{"", "alo"},
	} {
		if n := ix.Gist(apart[0]).Near(ix.Gist(apart[1])); n > 0 {
			t.Errorf("%q and %q are one: %.2f %+v %+v", apart[0], apart[1], n, ix.Gist(apart[0]), ix.Gist(apart[1]))
		}
	}
}
