"""What the room refuses, beside what ``files.painting`` says of a single file."""

from villagehub.kernel.refused import Refused


class NoReceiptsHere(Refused):
    """Only accounts of money have vouchers."""

    code = "no_receipts_here"
    message = "{title}不附票据。"
    fix = "票据只附在财务收支的每一笔上。"


class PictureRedacted(Refused):
    """The same file was redacted by law; its bytes must not come back."""

    code = "picture_redacted"
    message = "“{name}”这张票据已经依法隐去，不能再传，这一次选的都没有收下。"
    fix = "请把它去掉再传别的；要附这张票据，请遮好个人信息，重新拍一张。"
    status = 409


class NothingSent(Refused):
    """No file was chosen."""

    code = "nothing_sent"
    message = "还没有选票据。"
    fix = "请拍照，或者选照片、PDF，可以一次选好多张。"
    status = 422


class TooManyFiles(Refused):
    """Of one form."""

    code = "too_many_files"
    message = "一次选了 {count} 个文件，一次最多 30 个，都没有收下。"
    fix = "请分几次传。"
    status = 422


class FileTooLarge(Refused):
    """Of one file."""

    code = "file_too_large"
    message = "“{name}”有 {size} MB，一个文件最多 10 MB，没有收下。"
    fix = "请用普通的拍照模式再拍一张；PDF 请只留票据那几页。"
    status = 422


class NotReached(Refused):
    """The files before it took all the time that one request may take."""

    code = "not_reached"
    message = "“{name}”还没轮到，前面的文件太大，没有收下。"
    fix = "别的都收下了，请把这个再传一次。"
    status = 422


class NoSuchTarget(Refused):
    """The version has no row of this number."""

    code = "no_such_target"
    message = "这一期里没有编号 {number} 的一行。"
    fix = "请从单子里选一行。"
    status = 422


class NoSuchState(Refused):
    """Not one of the three ways of having no picture."""

    code = "no_such_state"
    message = "编号 {number} 那一行，没有看懂您选的是哪一种。"
    fix = "请从单子里选：在镇代理中心、图片没传、确无票据。"
    status = 422
