package contestfile

import (
	"reflect"
	"strings"
)

// field is one field of a struct as files name it.
type field struct {
	name      string
	index     int
	required  bool // no omitempty: must be in the file unless it is among the optional ones
	omitEmpty bool
}

func fieldsOf(t reflect.Type) []field {
	out := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		omit := strings.Contains(opts, "omitempty")
		out = append(out, field{name: name, index: i, required: !omit, omitEmpty: omit})
	}
	return out
}

// nearest suggests the field a misspelt key may have meant.
func nearest(key string, fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	if best := nearestName(key, names); best != "" {
		return "Có phải là " + best + "?"
	}
	return "Bỏ mục này. Các mục dùng được: " + strings.Join(names, ", ")
}

// nearestName gives the name that differs least from key, "" when none is near.
func nearestName(key string, names []string) string {
	best, least := "", max(1, len(key)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(key), name); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is the number of single-letter edits between a and b (Levenshtein), for names of modest length.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 1 << 10
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}
