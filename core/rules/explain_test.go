package rules

import (
	"fmt"
	"slices"
	"strings"
)

// explain lists the topics a question is nearest to.
func explain(ix *Index, q string) string {
	ts := ix.prepare(q)
	v := ix.look(ts, mostlyMarked(ts))
	ix.blend(&v, ix.lookParts(ts, mostlyMarked(ts)))
	ix.weigh(&v)
	order := make([]int, len(v.topics))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareFloat(v.topics[b], v.topics[a]) })
	var b strings.Builder
	fmt.Fprintf(&b, "strange %.2f;", v.strange)
	for _, t := range order[:4] {
		top := ""
		if len(ix.links[t]) > 0 {
			top = fmt.Sprintf("->%s@%.2f", ix.clauses[ix.links[t][0].clause].ID, ix.links[t][0].weight)
		}
		fmt.Fprintf(&b, " %s %.2f(%.2f)%s", ix.lib.topics[t].id, v.topics[t], v.marked[t], top)
	}
	for _, c := range ix.ranked(v)[:3] {
		via := "-"
		if v.via[c] >= 0 {
			via = ix.lib.topics[v.via[c]].id
		}
		fmt.Fprintf(&b, " | %s %.2f=%.2f+%.2f %s", ix.clauses[c].ID, v.rank[c], v.clauses[c], v.near[c], via)
	}
	return b.String()
}
