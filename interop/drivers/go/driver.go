// What all Go drivers share: the protocol of interop/__init__.py. Go asks the kernel for the time, so it takes $NOW.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

type question struct {
	Id, Alg, Kind, Form, Token, Payload string
	Key                                 map[string]json.RawMessage
	Aud, Iss                            *string
	Mint                                json.RawMessage
	Date                                *float64
}

type beyond struct{ what string }

func (b beyond) Error() string { return b.what }

const common = "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512"

func unb64(text string) []byte { found, _ := base64.RawURLEncoding.DecodeString(text); return found }

func text(raw json.RawMessage) (found string) { json.Unmarshal(raw, &found); return }

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// End the answer with this error, if it is one.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Refuse to judge an algorithm or a serialization that the library does not know.
func only(asked question, algorithms string, forms string) {
	if !strings.Contains(" "+algorithms+" ", " "+asked.Alg+" ") {
		panic(beyond{"alg " + asked.Alg})
	}
	if !strings.Contains(" "+forms+" ", " "+asked.Form+" ") {
		panic(beyond{"form " + asked.Form})
	}
}

// The key in the first of these forms that the question offers, and which one it is.
func pick(asked question, forms ...string) (string, json.RawMessage) {
	for _, form := range forms {
		if key, there := asked.Key[form]; there {
			return form, key
		}
	}
	panic(beyond{"key form"})
}

func now() time.Time {
	if frozen, err := strconv.ParseFloat(os.Getenv("NOW"), 64); err == nil {
		return date(frozen)
	}
	return time.Now()
}

func date(seconds float64) time.Time {
	whole := int64(seconds)
	return time.Unix(whole, int64((seconds-float64(whole))*1e9))
}

func answer(asked question) (said map[string]interface{}) {
	said = map[string]interface{}{"id": asked.Id}
	defer func() {
		switch why := recover().(type) {
		case nil:
		case beyond:
			said["beyond"] = why.what
		default:
			said["refused"] = fmt.Sprintf("%.200s", fmt.Sprint(why))
		}
	}()
	if asked.Mint != nil {
		said["token"] = mint(asked)
		return
	}
	found := read(asked)
	if data, is := found.([]byte); is {
		said["bytes"] = base64.StdEncoding.EncodeToString(data)
	} else {
		written, _ := json.Marshal(found)
		said["claims"] = string(written)
	}
	return
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked question
		json.Unmarshal(line, &asked)
		written, _ := json.Marshal(answer(asked))
		fmt.Println(string(written))
	}
}
