/// What every operator, teacher and student is told. Raise the version with every change of the text.
public enum Notice {
    public static let version = "3"

    /// Whether some text, now or before, had this version.
    static func hasBeen(_ version: String) -> Bool { (1...(Int(Self.version) ?? 1)).map(String.init).contains(version) }

    public static let text = """
        ClassPulse estimates from webcam pictures how concentrated a face looks. Read this before using it.

        What it is: an unvalidated indicator of facial appearance. A face does not show what a person thinks, feels or \
        learns; the weights that turn expressions into a score are a convention, and the models err more on some people \
        than on others.

        Never use it for grades, discipline, exams, attendance decisions or any other decision about a person.

        Law: in the European Union, Art. 5(1)(f) of the AI Act (Regulation (EU) 2024/1689) prohibits systems that infer \
        emotions of people in education, online classes included, except for medical or safety reasons. Elsewhere data \
        protection, biometric and school laws may apply (for example FERPA, COPPA and BIPA in the United States). The \
        operator answers for a lawful use; the mode `presence` infers no expressions.

        Pictures: they are held in memory while they are analysed and never written to disk or to a log. Faces are not \
        recognised or compared; who a picture belongs to is said by the address and the token it was sent with. What is stored \
        are the numbers: where the face was, seven expression probabilities, the score, and the time. In the mode `presence` no \
        expression is read: the number then says only that a face is there and turned to the camera.

        Who sees it: you see your own readings, your teacher and the administrators of this server see them beside your name; \
        where the server shows class figures only, teachers see those of the whole class. They stay until somebody deletes them: \
        ask your school for how long that is, and to see or erase what is stored about you.

        Consent: no picture sent for a student is decoded before the student's consent (for a minor, a guardian's) is on \
        record. It can be withdrawn at any time, and everything stored under a student's name can be erased. Pictures of \
        several people, which teachers and devices may send for the whole class, are analysed without a consent on record: \
        their readings carry no names and cannot be erased one by one. Whoever sends them answers for everybody in them.
        """

    /// The same in other languages, by their BCP 47 tags.
    static let translations = [
        "zh": """
        ClassPulse 根据摄像头画面估计人脸看上去有多专注。使用前请阅读本告知书。

        它是什么：一个未经验证的面部表象指标。人脸并不能说明一个人在想什么、感受如何或学到了什么；把表情换算成分数的权重\
        只是一种约定，模型对某些人的误差也比对其他人更大。

        切勿用于评分、纪律处分、考试、考勤判定或任何其他针对个人的决定。

        法律：在欧盟，《人工智能法》（条例 (EU) 2024/1689）第 5 条第 1 款 (f) 项禁止在教育领域（包括在线课堂）使用推断\
        个人情绪的系统，出于医疗或安全原因的除外。其他地区可能适用数据保护、生物识别和学校方面的法律（例如美国的 FERPA、\
        COPPA 和 BIPA）。合法使用由运营者负责；`presence` 模式不推断任何表情。

        画面：仅在分析期间保留在内存中，从不写入磁盘或日志。系统不识别人脸，也不比对人脸；画面属于谁，由上传时的\
        地址和令牌说明。存储的只有数字：人脸的位置、七种表情的概率、分数和时间。在 `presence` 模式下不读取表情：数字只表示\
        有一张脸在画面中并朝向摄像头。

        谁能看到：你能看到自己的读数；你的老师和本服务器的管理员能看到读数和你的姓名；若服务器只显示班级数据，老师只能看到\
        全班的数据。读数会一直保存到有人删除为止：保存多久，以及查看或删除与你有关的内容，请询问你的学校。

        同意：在学生（未成年人则为监护人）的同意记录在案之前，不会解码为该学生上传的任何画面。同意可以随时撤回，以学生\
        名义存储的一切都可以删除。教师和设备可以为全班上传多人画面，这类画面不查同意记录即被分析：其读数不含姓名，也无法\
        逐人删除；由上传者对画面中的每个人负责。
        """
    ]
}
