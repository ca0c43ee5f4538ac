// A second opinion on histories of coupons, by a checker that shares no code with ours: Porcupine with a model of its
// own. Reads samples from standard input, one JSON object a line, and answers each with a line: the sample's name and
// "Ok", "Illegal" or "Unknown".
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

// A sample is a history of one coupon, short enough for a search that knows nothing of coupons.
type sample struct {
	Name          string      `json:"name"`
	UseLimit      int         `json:"useLimit"`
	UserLimit     int         `json:"userLimit"`
	ExistsAtFirst bool        `json:"existsAtFirst"`
	TimeoutMs     int         `json:"timeoutMs"`
	Operations    []operation `json:"operations"`
}

// Lines of a thousand operations are longer than a Scanner reads by itself.
const longestLine = 64 << 20

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 1<<20), longestLine)
	for lines.Scan() {
		var it sample
		if err := json.Unmarshal(lines.Bytes(), &it); err != nil {
			fmt.Fprintln(os.Stderr, "no sample:", err)
			os.Exit(2)
		}
		answer, err := json.Marshal(map[string]string{"name": it.Name, "verdict": string(check(it))})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		fmt.Println(string(answer))
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func check(it sample) porcupine.CheckResult {
	history := make([]porcupine.Operation, len(it.Operations))
	for index, operation := range it.Operations {
		history[index] = porcupine.Operation{
			ClientId: index,
			Input:    operation,
			Call:     operation.CalledAt,
			Output:   operation,
			Return:   operation.ReturnedAt,
		}
	}
	timeout := time.Duration(it.TimeoutMs) * time.Millisecond
	return porcupine.CheckOperationsTimeout(couponModel(it), history, timeout)
}
