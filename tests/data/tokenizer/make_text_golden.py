"""Makes text_golden.json: conversations written by the models' own chat templates, and texts of the commonsense tasks.

    pip install jinja2
    python3 make_text_golden.py

The templates are those of tokenizer_config.json of Qwen1.5, Llama-2-chat and Llama-3-Instruct (without tools). The
texts of the tasks are made as lm-evaluation-harness makes them (lm_eval/tasks/hellaswag/utils.py,
lm_eval/tasks/winogrande/preprocess_winogrande.py, the yaml files of the others).
"""

import json
import os
import re

import jinja2

TEMPLATES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
              "'<|im_end|>' + '\n'}}{% endfor %}",
    "llama2": "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
              "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
              "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
              "{% if loop.index0 == 0 and system_message != false %}"
              "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
              "{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}"
              "{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}"
              "{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
    "llama3": "{% set loop_messages = messages %}{% for message in loop_messages %}"
              "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ "
              "message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}"
              "{% set content = '<|begin_of_text|>' + content %}{% endif %}{{ content }}{% endfor %}",
}

TALKS = [
    [("user", "Hi"), ("assistant", "Hello")],
    [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Bye"), ("assistant", "See you")],
    [("system", " \n spaces \t"), ("user", "  two \n"), ("assistant", "\u3000wide\u00a0\n\n")],
    [("user", ""), ("assistant", "")],
    [("user", "<|im_end|> [/INST] </s>"), ("assistant", "{{ not a template }} {% raw %}")],
    [("user", "\u4e2d\u6587 \U0001f600"), ("assistant", "caf\u00e9\r\n\tend")],
]

HELLASWAG = [
    "plain", "  stripped \n", "How to [title] do it [step] now.", "[header] How to [title] a [substeps] b",
    "a  b   c    d", "[unclosed", "x [a\nb] y", "[[nested]] z]", " [title]", "a [title] [title] b", "[]", "",
    "\u00c9t\u00e9 [x] \u4e2d", "\x1cseparators\x1f", "a[1]b[2]c", "\u00a0nbsp\u00a0", "tab\t[t]\ttab", "  ", "[ title]",
]

CAPITALS = ["he McDonald", "", "\u00e9COLE", "\u00dfTRASSE", "1ST", " space", "A", "\u0130X", "\u01c6X", "\u4e2dX", "iPhone X",
            "\u03c3\u0391\u03a3X", "[title] X"]


def preprocess(text):
    text = text.strip()
    text = text.replace(" [title]", ". ")
    text = re.sub("\\[.*?\\]", "", text)
    text = text.replace("  ", " ")
    return text


def winogrande(sentence, options):
    place = sentence.index("_")
    return [sentence[:place] + option for option in options], sentence[place + 1:].strip()


def main():
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    chats = []
    for talk in TALKS:
        messages = [{"role": role, "content": content} for role, content in talk]
        texts = {name: environment.from_string(template).render(messages=messages, bos_token="<s>", eos_token="</s>")
                 for name, template in TEMPLATES.items()}
        chats.append({"messages": messages, "texts": texts})
    hellaswag = [{"ctx_b": ctx_b, "query": preprocess("L: A. " + ctx_b.capitalize())} for ctx_b in CAPITALS]
    sentences = []
    for sentence in ["A _ b.", "_ starts.", "ends _", "two _ and _ gaps ", "x _\u00a0y \n"]:
        contexts, end = winogrande(sentence, ["Ann", "Bo"])
        sentences.append({"sentence": sentence, "contexts": contexts, "end": end})
    golden = {"chats": chats, "hellaswag_texts": [[text, preprocess(text)] for text in HELLASWAG],
              "hellaswag": hellaswag, "winogrande": sentences}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "text_golden.json"), "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")


main()
