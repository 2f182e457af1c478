"""click's own sentences in Chinese. They pass through one function of each of its modules, which is replaced here."""

import sys
from typing import Final

import click

WORDS: Final = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Arguments": "参数",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示这段说明。",
    "Show the version and exit.": "显示版本。",
    "required": "必填",
    "default: {default}": "默认 {default}",
    "env var: {var}": "环境变量 {var}",
    "(dynamic)": "（自动）",
    "Error: {message}": "没有办成：{message}",
    "Try '{command} {option}' for help.": "不清楚怎么写，请看：{command} {option}",
    "Invalid value: {message}": "写得不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 写得不对：{message}",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少 {param_name}",
    "Missing command.": "还要写一个命令。",
    "No such option {name!r}.": "没有 {name} 这个选项。",
    "No such option: {name}": "没有 {name} 这个选项。",
    "No such command {name!r}.": "没有 {name} 这个命令。",
    "Choose from:\n\t{choices}": "可以写：\n\t{choices}",
    "{value!r} is not a valid {number_type}.": "“{value}”不是数字。",
    "{value} is not in the range {range}.": "{value} 超出了范围 {range}。",
    "{value!r} is not {choice}.": "不能写“{value}”，只能写 {choice}。",
    "{value!r} is not one of {choices}.": "不能写“{value}”，只能写 {choices} 之一。",
    "{value!r} does not match the format {format}.": "“{value}”不是日期，请写成 {format}。",
    "{value!r} does not match the formats {formats}.": "“{value}”不是日期，请写成 {formats} 之一。",
    "{value!r} is not a valid boolean. Recognized values: {states}": "“{value}”只能写 {states} 之一。",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "没有找到{name} {filename}。",
    "{name} {filename!r} is a file.": "{filename} 是一个文件，这里要文件夹。",
    "{name} {filename!r} is a directory.": "{filename} 是一个文件夹，这里要文件。",
    "{name} {filename!r} is not readable.": "{name} {filename} 没有权限读。",
    "{name} {filename!r} is not writable.": "{name} {filename} 没有权限写。",
    "Could not open file {filename!r}: {message}": "打不开文件 {filename}：{message}",
    "Got unexpected extra argument ({args})": "多写了：{args}",
    "Got unexpected extra arguments ({args})": "多写了：{args}",
    "Option {name!r} requires an argument.": "选项 {name} 后面要写内容。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 后面要写 {nargs} 项内容。",
    "Did you mean {possibility}?": "是不是想写 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是不是想写：{possibilities}？）",
    "Repeat for confirmation": "再输一遍",
    "Error: The two entered values do not match.": "两遍输得不一样，请重新输。",
    "Error: invalid input": "看不懂，请重新输。",
    "Aborted!": "已取消。",
}


def _gettext(message: str) -> str:
    return WORDS.get(message, message)


def _ngettext(one: str, several: str, count: int) -> str:
    return _gettext(one if count == 1 else several)


def speak_chinese() -> None:
    """Makes click answer in Chinese in this process. Called by ``main`` only, so that nothing else is touched."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == click.__name__:
            if hasattr(module, "_"):
                module._ = _gettext  # type: ignore[attr-defined]
            if hasattr(module, "ngettext"):
                module.ngettext = _ngettext  # type: ignore[attr-defined]
